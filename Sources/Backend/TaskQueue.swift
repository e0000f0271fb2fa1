import ConversationAPI
import SQSClient

/// The queue that the Brain works off.
struct TaskQueue: Sendable {
  let sqs: SQSClient
  let url: String
  let maximumMessageBytes: Int

  /// Sends one message, or gives up within that time.
  func send(_ message: TaskMessage, within time: Duration) async throws(SQSError) {
    _ = try await sqs.sendMessage(queueURL: url, body: message.body, timeout: min(time, .seconds(20)))
  }
}

extension Problem {
  /// A failure of SQS: 502 when it refused, 503 when it could not be reached.
  static func queueFailed(_ error: SQSError, _ consequence: String, members: [Member] = [])
    -> Problem
  {
    switch error {
    case .transport, .cancelled: .serviceUnavailable("The queue cannot be reached. \(consequence)", members: members)
    case .service, .badAnswer, .corrupted: .badGateway("The queue refused a message. \(consequence)", members: members)
    }
  }
}
