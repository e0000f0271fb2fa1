/// What is to be sent, and for how long and how much the answer may go on.
///
/// ```swift
/// let request = HTTPClientRequest(
///   method: "POST", url: "http://127.0.0.1:8080/users", headers: ["Content-Type": "application/json"],
///   body: Array(#"{"phone_number":"+15551234567"}"#.utf8), timeout: .seconds(5))
/// ```
public struct HTTPClientRequest: Sendable {
  /// The method, in upper case as a rule: `GET`, `POST`, …
  public var method: String
  /// An absolute `http` or `https` URL, percent-encoded. It is sent as it is: no dot segments are removed.
  public var url: String
  /// Header fields. `Host`, `Content-Length` and the configuration's `User-Agent` are supplied when they are not here.
  public var headers: HTTPClientHeaders
  /// The body; nil sends none.
  public var body: [UInt8]?
  /// The longest the whole exchange may last: name look-up, connection, request, and the last byte of the answer.
  public var timeout: Duration
  /// The longest that name look-up, connection and TLS handshake may last.
  public var connectTimeout: Duration
  /// The largest body that is accepted in the answer; more is an error of kind ``HTTPClientError/Kind/tooLarge``.
  public var maximumResponseBytes: Int

  /// Makes a request; the limits have defaults that suit a service nearby.
  public init(
    method: String = "GET", url: String, headers: HTTPClientHeaders = [:], body: [UInt8]? = nil,
    timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(5), maximumResponseBytes: Int = 16 << 20
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.maximumResponseBytes = maximumResponseBytes
  }

  /// Whether a text from a configuration can be the beginning of a request's URL: `http` or `https`, and a host.
  public static func isURL(_ text: String) -> Bool {
    let lowercased = text.lowercased()
    guard let scheme = ["http://", "https://"].first(where: lowercased.hasPrefix) else { return false }
    let rest = text.dropFirst(scheme.count)
    return rest.first.map { !"/?:".contains($0) } == true && !rest.contains { $0.isWhitespace || $0 == "#" }
  }
}
