/// A queue as an event source mapping sees it: one of this process, or one of any other SQS.
protocol EventSourceQueue: Sendable {
  /// `arn:aws:sqs:REGION:ACCOUNT:NAME`
  var arn: String { get }

  /// How long a received message is hidden.
  func visibilityTimeout() async throws(EventSourceQueueError) -> Duration

  /// Receives up to ten messages, waiting for the first one; none when time is up or the task is cancelled.
  func receive(limit: Int, wait: Duration) async throws(EventSourceQueueError) -> [ReceivedMessage]

  /// Deletes messages by their receipt handles; answers how many of them that was too late for.
  func delete(_ handles: [String]) async throws(EventSourceQueueError) -> Int

  /// Makes messages visible again that were received and not looked at.
  func giveBack(_ handles: [String]) async

  /// Remembers, for people to see, which invocation has messages; nil when they are done.
  func note(invocation: String?, of messageIDs: [String]) async
}

extension EventSourceQueue {
  /// The queue's name.
  var name: String { QueueAddress(arn: arn)?.name ?? arn }
  /// The queue's region.
  var region: String { QueueAddress(arn: arn)?.scope.region ?? "" }
  /// Only FIFO queues may, and have to, end so.
  var isFIFO: Bool { arn.hasSuffix(".fifo") }
}

/// Why a queue could not be asked, or refused.
struct EventSourceQueueError: Error, Sendable, Hashable {
  /// SQS's code in the query protocol (`AWS.SimpleQueueService.NonExistentQueue`); nil when no answer came.
  let code: String?
  let message: String

  /// As Lambda words it.
  var description: String {
    guard let code else { return "Error occurred while ReceiveMessage. \(message)" }
    return "Error occurred while ReceiveMessage. SQS Error Code: \(code). SQS Error Message: \(message)"
  }
}

extension EventSourceQueueError {
  init(_ error: SQSError) { self.init(code: error.code.query, message: error.message) }
}

/// A message as any SQS hands it out.
struct ReceivedMessage: Sendable {
  let messageID: String
  let receiptHandle: String
  let body: String
  let bodyDigest: String
  /// `SentTimestamp`, `ApproximateReceiveCount`, … as SQS names them.
  let systemAttributes: [String: String]
  let attributes: [String: MessageAttribute]
  let attributesDigest: String?
}
