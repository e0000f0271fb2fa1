public import HTTPClient

/// Why a message was not sent, or may not have been.
public enum SQSError: Error, Sendable, Hashable, CustomStringConvertible {
  /// SQS refused: its error code (`AWS.SimpleQueueService.NonExistentQueue`, …), its message and the HTTP status.
  case service(code: String, message: String, status: Int)
  /// There was no answer.
  case transport(HTTPClientError)
  /// There was an answer that is not SQS's.
  case badAnswer(reason: String, status: Int)
  /// What SQS stored differs from what was sent.
  case corrupted(messageID: String)

  /// A sentence for people.
  public var description: String {
    switch self {
    case .service(let code, let message, let status): "SQS answered \(status) \(code): \(message)"
    case .transport(let error): "SQS could not be reached: \(error)"
    case .badAnswer(let reason, let status): "SQS answered \(status), but \(reason)"
    case .corrupted(let messageID): "SQS stored message \(messageID) with another MD5 than that of the body sent"
    }
  }
}
