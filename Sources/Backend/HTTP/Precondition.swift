/// What a request wants of what is stored before it is replaced: `If-Match` and `If-None-Match` (RFC 9110, 13.1).
struct Precondition: Sendable {
  /// The versions of which the stored one has to be, separated by commas, or `*` for any; nil asks for none.
  let versions: String?
  /// Whether there may be something stored already.
  let allowsStored: Bool

  /// Reads the headers. An entity tag is a version between quotes; any other matches nothing.
  init(_ request: Request) throws(Problem) {
    versions = request.header("if-match").map { header in
      header == "*" ? header : header.split(separator: ",").compactMap(Self.version(inTag:)).joined(separator: ",")
    }
    switch request.header("if-none-match") {
    case nil: allowsStored = true
    case "*": allowsStored = false
    default: throw .badRequest("Of If-None-Match only * is understood: that there is none yet.")
    }
  }

  /// The entity tag of a version.
  static func entityTag(of version: String) -> String { "\"\(version)\"" }

  /// The version that a strong entity tag names.
  private static func version(inTag tag: Substring) -> String? {
    let parts = tag.split(separator: "\"", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].allSatisfy(\.isWhitespace), parts[2].allSatisfy(\.isWhitespace) else { return nil }
    return Int64(parts[1]).map { String($0) }
  }

  /// Whether a stored version is as the request wants it; nil says that nothing is stored.
  func holds(for stored: String?) -> Bool {
    guard let stored else { return versions == nil }
    guard allowsStored else { return false }
    return versions.map { $0 == "*" || $0.split(separator: ",").contains(Substring(stored)) } ?? true
  }
}
