/// The parts of a service's base URL that a signature needs.
public struct AWSEndpoint: Sendable, Hashable {
  /// The URL that requests go to; it always has a path.
  public let url: String
  /// Host and port as they stand in the `Host` header.
  public let host: String
  /// The path, `/` at least.
  public let path: String

  /// Nil when `url` is not `http://host…` or `https://host…`, or has credentials, a query or a fragment.
  public init?(url: String) {
    let lowercased = url.lowercased()
    guard let scheme = ["http://", "https://"].first(where: lowercased.hasPrefix) else { return nil }
    let rest = url.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" }
    guard !authority.isEmpty, !rest.contains(where: { "?#@ ".contains($0) }) else { return nil }
    path = authority.endIndex == rest.endIndex ? "/" : String(rest[authority.endIndex...])
    // A port that is the scheme's own is not part of the Host header.
    let ownPort = scheme == "http://" ? ":80" : ":443"
    host = String(authority.hasSuffix(ownPort) ? authority.dropLast(ownPort.count) : authority)
    self.url = scheme + authority + path
  }
}

extension UInt8 {
  var isHostNameCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
