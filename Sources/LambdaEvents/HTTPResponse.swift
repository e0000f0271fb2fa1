/// A function's answer to an `HTTPRequestEvent`.
public struct HTTPResponse: LambdaEventCoding {
  /// The HTTP status.
  public var statusCode: Int
  /// The headers.
  public var headers: [String: String]?
  /// The values of `Set-Cookie`, one header each.
  public var cookies: [String]?
  /// The body as text, or in base64.
  public var body: String?
  /// Whether `body` is base64; missing means no.
  public var isBase64Encoded: Bool?

  /// An answer from its parts.
  public init(
    statusCode: Int, headers: [String: String]? = nil, cookies: [String]? = nil, body: String? = nil,
    isBase64Encoded: Bool? = nil
  ) {
    self.statusCode = statusCode
    self.headers = headers
    self.cookies = cookies
    self.body = body
    self.isBase64Encoded = isBase64Encoded
  }
}
