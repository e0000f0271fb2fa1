/// The web page that has a browser make a request.
///
/// Any page may have a browser send some requests anywhere, and that is harmless where they have to be signed. Here no
/// signature is asked for, so that what browsers say of the page decides.
struct WebPage {
  /// `Origin` (RFC 6454, 7).
  var origin: String?
  /// `Sec-Fetch-Site` (W3C, Fetch Metadata Request Headers, 2.3): sent where there is no origin, too, as for an image.
  var fetchSite: String?

  /// Whether it is a page of another machine's, or one that hides where it is from. Programs say nothing of all this,
  /// and neither does a browser whose user types the address.
  var isForeign: Bool {
    guard let origin else { return fetchSite == "cross-site" }
    guard let start = origin.firstRange(ofText: "://")?.upperBound else { return true }
    let authority = origin[start...]
    let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    return !Self.isThisMachine(host.lowercased())
  }

  /// What is told to a foreign one.
  static let refusal = "Pages of other sites are not served: a browser sent this for one of them."

  private static func isThisMachine(_ host: String) -> Bool {
    if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
