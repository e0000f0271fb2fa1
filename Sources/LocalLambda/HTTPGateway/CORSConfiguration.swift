import NIOHTTP1

/// Which pages of other origins may call an HTTP API or a function URL, and with what (CORS).
///
/// See [Configure CORS for HTTP APIs](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html)
/// and [API_Cors](https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html).
public struct CORSConfiguration: Sendable, Hashable {
  /// `https://www.example.com`, `https://*`, `http://*` or `*`.
  public var allowOrigins: [String]
  /// `GET`, `POST`, … or `*`.
  public var allowMethods: [String]
  /// Header fields that a caller may send, or `*`.
  public var allowHeaders: [String]
  /// Header fields of an answer that a page may read, or `*`.
  public var exposeHeaders: [String]
  /// How long a browser may remember the answer to a preflight, in seconds.
  public var maxAge: Int?
  /// Whether cookies and authorization may come along.
  public var allowCredentials: Bool

  /// A configuration; nothing but the origins is needed.
  public init(
    allowOrigins: [String], allowMethods: [String] = [], allowHeaders: [String] = [], exposeHeaders: [String] = [],
    maxAge: Int? = nil, allowCredentials: Bool = false
  ) {
    self.allowOrigins = allowOrigins
    self.allowMethods = allowMethods
    self.allowHeaders = allowHeaders
    self.exposeHeaders = exposeHeaders
    self.maxAge = maxAge
    self.allowCredentials = allowCredentials
  }
}

extension CORSConfiguration {
  /// Whether a request only asks if another one would be let in.
  static func isPreflight(_ head: HTTPRequestHead) -> Bool {
    head.method == .OPTIONS && head.headers.contains(name: "origin")
      && head.headers.contains(name: "access-control-request-method")
  }

  /// What `Access-Control-Allow-Origin` says to a caller from that origin; nil when it is not let in.
  func allowedOrigin(_ origin: String?) -> String? {
    guard let origin else { return nil }
    for allowed in allowOrigins {
      if allowed == "*" { return allowCredentials ? origin : "*" }
      if allowed == origin { return origin }
      if allowed == "https://*" || allowed == "http://*", origin.hasPrefix(allowed.dropLast()) { return origin }
    }
    return nil
  }

  /// The fields of the answer to a preflight; none for an origin that is not let in.
  func preflightFields(_ origin: String?) -> HTTPHeaders {
    guard let allowed = allowedOrigin(origin) else { return [:] }
    var fields: HTTPHeaders = ["access-control-allow-origin": allowed]
    if allowCredentials { fields.add(name: "access-control-allow-credentials", value: "true") }
    add("access-control-allow-methods", allowMethods, to: &fields)
    add("access-control-allow-headers", allowHeaders, to: &fields)
    add("access-control-expose-headers", exposeHeaders, to: &fields)
    if let maxAge { fields.add(name: "access-control-max-age", value: String(maxAge)) }
    return fields
  }

  /// The fields that an answer gets besides its own; none for an origin that is not let in.
  func fields(_ origin: String?) -> HTTPHeaders {
    guard let allowed = allowedOrigin(origin) else { return [:] }
    var fields: HTTPHeaders = ["access-control-allow-origin": allowed]
    if allowCredentials { fields.add(name: "access-control-allow-credentials", value: "true") }
    add("access-control-expose-headers", exposeHeaders, to: &fields)
    return fields
  }

  private func add(_ name: String, _ values: [String], to fields: inout HTTPHeaders) {
    if !values.isEmpty { fields.add(name: name, value: values.joined(separator: ",")) }
  }

  /// The fields of an answer that an HTTP API with CORS sets itself, whatever the function says.
  static let names = [
    "access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods",
    "access-control-allow-headers", "access-control-expose-headers", "access-control-max-age",
  ]
}
