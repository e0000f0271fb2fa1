/// Where the Runtime API is: the value of `AWS_LAMBDA_RUNTIME_API`.
struct Endpoint: Sendable, Hashable {
  let host: String
  let port: UInt16
  /// What comes before the API's own paths; empty on Lambda, but some emulators tell functions apart by it.
  let path: String

  /// Takes `host:port` as Lambda gives it, and with a scheme and a path as some emulators do.
  init(parsing text: String) throws(LambdaConfigurationError) {
    var rest = Substring(text)
    if rest.hasPrefix("http://") { rest = rest.dropFirst("http://".count) }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let path = rest[slash...]
    let authority = rest[..<slash]
    guard let colon = authority.lastIndex(of: ":"), let port = UInt16(authority[authority.index(after: colon)...]),
      colon != authority.startIndex
    else {
      throw LambdaConfigurationError(variable: "AWS_LAMBDA_RUNTIME_API", problem: "is not host:port but \"\(text)\"")
    }
    let host = authority[..<colon]
    self.host = String(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host)
    self.port = port
    self.path = String(path.hasSuffix("/") ? path.dropLast() : path)
  }

  /// The value of the `Host` header.
  var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
