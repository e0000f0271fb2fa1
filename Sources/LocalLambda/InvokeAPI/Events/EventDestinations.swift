import NIOCore

/// Where records of `Event` calls and dead letters go: queues of this emulator, and its functions.
struct EventDestinations: Sendable {
  let functions: [FunctionHost]
  let queues: QueueService?

  /// A target that is not served here.
  struct Unknown: Error, CustomStringConvertible {
    let description: String
  }

  /// The function of an ARN, with or without a qualifier.
  func function(_ arn: String) -> FunctionHost? {
    functions.first { arn == $0.arn || arn == $0.arn + ":$LATEST" }
  }

  /// Whether there is such a target. Where there are no queues nothing is known of them, and each may be one.
  func has(_ arn: String) -> Bool {
    guard arn.split(separator: ":").dropFirst(2).first == "sqs" else { return function(arn) != nil }
    guard queues != nil else { return true }
    guard let (service, name) = try? queue(arn) else { return false }
    return service.assumeIsolated { (try? $0.attributes(ofQueue: name)) != nil }
  }

  /// Sends a record to a queue.
  func send(_ event: EventRecord, to arn: String) async throws {
    let (queues, name) = try queue(arn)
    try await queues.deliver(String(buffer: event.json()), to: name)
  }

  /// Sends a call that was given up to a dead-letter queue.
  func bury(_ event: EventRecord, in arn: String) async throws {
    let (queues, name) = try queue(arn)
    try await queues.deliver(String(buffer: event.payload), attributes: event.deadLetterAttributes(), to: name)
  }

  private func queue(_ arn: String) throws(Unknown) -> (QueueService, String) {
    guard let queues, let name = arn.split(separator: ":").last.map(String.init), arn == queues.arn(ofQueue: name)
    else {
      throw Unknown(description: "it is not served here")
    }
    return (queues, name)
  }
}
