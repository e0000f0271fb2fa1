/// A complete answer. Any status is an answer, not an error; redirects are not followed.
public struct HTTPClientResponse: Sendable {
  /// The status code.
  public let status: Int
  /// The header fields.
  public let headers: HTTPClientHeaders
  /// The body, with any transfer coding removed and any content coding (gzip, …) as sent.
  public let body: [UInt8]

  /// Makes an answer, which is useful where one stands in for a server.
  public init(status: Int, headers: HTTPClientHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The body as text; what is not UTF-8 becomes U+FFFD.
  public var text: String { String(decoding: body, as: UTF8.self) }
}
