/// Why there is no answer, or no complete one.
public struct HTTPClientError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it was.
  public enum Kind: String, Sendable, Hashable {
    /// The URL is not an absolute `http` or `https` URL.
    case badURL
    /// The method or a header field cannot be sent: it holds characters that would break the request.
    case badRequest
    /// The host's name has no address.
    case couldNotResolve
    /// Nothing accepted the connection.
    case couldNotConnect
    /// The TLS handshake failed or the certificate is not trusted.
    case tls
    /// The whole exchange, or its connection, took longer than allowed.
    case timedOut
    /// The calling task was cancelled.
    case cancelled
    /// The connection was lost before the answer was complete.
    case connectionLost
    /// What came back is not HTTP.
    case badResponse
    /// The answer is larger than the request allows.
    case tooLarge
    /// The client was shut down.
    case shutDown
    /// Anything else; the message says what.
    case other
  }

  /// What kind of failure it was.
  public let kind: Kind
  /// A sentence for people, with libcurl's own words where there are any.
  public let message: String
  /// The request's URL without credentials, query and fragment.
  public let url: String
  /// Whether any of the request may have left this machine: false means that a retry can do no harm.
  public let mayHaveBeenSent: Bool

  /// Makes an error for a request to `url`, of which only scheme, host and path are kept.
  public init(_ kind: Kind, _ message: String, url: String, mayHaveBeenSent: Bool = false) {
    self.kind = kind
    self.message = message
    self.url = Self.withoutSecrets(url)
    self.mayHaveBeenSent = mayHaveBeenSent
  }

  /// The message and the URL.
  public var description: String { "\(message) (\(kind.rawValue), \(url))" }

  /// Drops what may hold a secret: user information, query and fragment.
  static func withoutSecrets(_ url: String) -> String {
    let bare = url.prefix { $0 != "?" && $0 != "#" }
    let parts = bare.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3, let at = parts[2].lastIndex(of: "@") else { return String(bare) }
    return (parts[..<2] + [parts[2][parts[2].index(after: at)...]] + parts[3...]).joined(separator: "/")
  }
}
