#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What all requests of a client have in common.
public struct HTTPClientConfiguration: Sendable {
  /// A PEM file of trusted certificate authorities; nil leaves libcurl's own default.
  public var certificateAuthorityFile: String?
  /// The proxy for `http` URLs, as in `http_proxy`.
  public var httpProxy: String?
  /// The proxy for `https` URLs, as in `https_proxy`.
  public var httpsProxy: String?
  /// Hosts that are reached without a proxy, separated by commas, as in `no_proxy`. Loopback never takes a proxy.
  public var noProxy: String
  /// The `User-Agent` of requests that do not set one; nil sends none.
  public var userAgent: String?
  /// How many idle connections are kept for later requests.
  public var maximumIdleConnections: Int

  /// Reads the process's own environment.
  public init(userAgent: String? = nil) {
    self.init(userAgent: userAgent) { getenv($0).map { String(cString: $0) } }
  }

  /// Reads the variables that curl reads, once: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy` and
  /// `SSL_CERT_FILE`.
  ///
  /// The proxies' names are taken in upper case, too, except `HTTP_PROXY`, which a request header could set behind a
  /// CGI-like gateway. libcurl does not look at the environment again: its thread would race with `setenv`.
  /// Without `SSL_CERT_FILE` the first bundle that exists is used: Amazon Linux's, then Debian's.
  public init(userAgent: String? = nil, environment: (String) -> String?) {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap(environment).first { !$0.isEmpty }
    }
    let bundles = ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt"]
    certificateAuthorityFile = value("SSL_CERT_FILE") ?? bundles.first { access($0, R_OK) == 0 }
    httpProxy = value("http_proxy", "all_proxy", "ALL_PROXY")
    httpsProxy = value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    noProxy = value("no_proxy", "NO_PROXY") ?? ""
    self.userAgent = userAgent
    maximumIdleConnections = 64
  }

  /// The hosts without a proxy as libcurl wants them, loopback included.
  var hostsWithoutProxy: String {
    noProxy == "*" ? noProxy : noProxy + (noProxy.isEmpty ? "" : ",") + "localhost,127.0.0.0/8,::1"
  }
}
