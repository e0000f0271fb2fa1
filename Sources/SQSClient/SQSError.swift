public import HTTPClient
import JSON

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
  /// The calling task was cancelled between two attempts.
  case cancelled

  /// A sentence for people.
  public var description: String {
    switch self {
    case .service(let code, let message, let status): "SQS answered \(status) \(code): \(message)"
    case .transport(let error): "SQS could not be reached: \(error)"
    case .badAnswer(let reason, let status): "SQS answered \(status), but \(reason)"
    case .corrupted(let messageID): "SQS stored message \(messageID) with another MD5 than that of the body sent"
    case .cancelled: "the call to SQS was cancelled"
    }
  }

  /// Whether the same call may succeed a moment later.
  var isTransient: Bool {
    switch self {
    case .service(let code, _, let status):
      status >= 500 || status == 429
        || ["Throttling", "ThrottlingException", "RequestThrottled", "KmsThrottled", "SlowDown"]
          .contains { code == $0 || code.hasSuffix(".\($0)") }
    case .transport(let error):
      switch error.kind {
      case .couldNotConnect, .couldNotResolve, .connectionLost, .timedOut: true
      case .badURL, .badRequest, .tls, .cancelled, .badResponse, .tooLarge, .shutDown, .other: false
      }
    case .badAnswer(_, let status): status >= 500 || status == 429
    case .corrupted, .cancelled: false
    }
  }

  /// Reads an answer that is not a success. The code is the one that SDKs show: the older one in
  /// `x-amzn-query-error` before the name of the error's shape.
  init(_ response: HTTPClientResponse) {
    let document = try? JSONValue(parsing: response.body)
    let shape = document?["__type"]?.stringValue?.split(separator: "#").last
    let queryCode = response.headers["x-amzn-query-error"]?.split(separator: ";").first
    guard let code = queryCode ?? shape else {
      self = .badAnswer(reason: "not in SQS's form: \(response.text.prefix(200))", status: response.status)
      return
    }
    let message = document?["message"]?.stringValue ?? document?["Message"]?.stringValue
    self = .service(code: String(code), message: message ?? "(no message)", status: response.status)
  }
}
