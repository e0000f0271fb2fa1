import JSON
import NIOCore
import NIOPosix

@testable import LocalLambda

extension QueueService {
  /// A service of its own for the time of one test.
  static func run<R>(
    _ queues: QueueConfiguration..., body: (QueueService) async throws -> R
  ) async throws -> R {
    let service = try await QueueService(
      eventLoop: MultiThreadedEventLoopGroup.singleton.any(), region: "eu-west-1", accountID: "123456789012")
    for queue in queues { try await service.declare(queue) }
    do {
      let result = try await body(service)
      await service.shutdown()
      return result
    } catch {
      await service.shutdown()
      throw error
    }
  }

  /// Sends a message as the JSON protocol would.
  @discardableResult
  func send(_ body: String, to queue: String, _ more: JSONObject = [:]) throws(SQSError) -> SentMessage {
    var input: JSONObject = ["QueueUrl": .string(queue), "MessageBody": .string(body)]
    for member in more.members { input[member.name] = member.value }
    return try SendMessage(ActionInput(input, caller: ownScope)).perform(in: self)
  }

  /// How many messages are in which state.
  func counts(of name: String) throws(SQSError) -> Queue.Counts { try queue(named: name).queue.counts }

  /// Changes attributes as the JSON protocol would.
  func set(_ attributes: [String: String], of queue: String) throws(SQSError) {
    let input: JSONObject = [
      "QueueUrl": .string(queue),
      "Attributes": .object(JSONObject(attributes.map { JSONObject.Member(name: $0, value: .string($1)) })),
    ]
    _ = try SetQueueAttributes(ActionInput(input, caller: ownScope)).perform(in: self)
  }

  func waitingPolls(of name: String) throws(SQSError) -> Int { try queue(named: name).waitingPolls }

  func bodies(of name: String) throws(SQSError) -> [String] {
    try queue(named: name).queue.peek(limit: 100).map(\.body)
  }

  /// Ends a message's visibility timeout.
  func show(_ handle: String, of name: String) throws(SQSError) {
    try changeVisibility(handle, seconds: 0, in: queue(named: name))
  }

  func remove(named name: String) throws(SQSError) { remove(try queue(named: name)) }
}
