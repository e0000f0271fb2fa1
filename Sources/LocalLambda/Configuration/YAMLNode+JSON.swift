/// JSON is YAML to libyaml, but for one thing: a character beyond U+FFFF, which JSON writes as two escapes.
extension YAMLNode {
  /// A text for libyaml: in JSON, a pair of escapes such as `\ud83d\ude00` has become the character that it is.
  static func withoutSurrogatePairs(_ text: String) -> String {
    guard text.first(where: { !$0.isWhitespace }) == "{", text.contains("\\") else { return text }
    var joined: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.first {
      if let high = escape(at: rest), let low = escape(at: rest.dropFirst(escapeLength)),
        UTF16.isLeadSurrogate(high), UTF16.isTrailSurrogate(low)
      {
        joined += String(decoding: [high, low], as: UTF16.self).utf8
        rest = rest.dropFirst(2 * escapeLength)
      } else {
        // What follows a backslash begins no escape, even if it is another backslash.
        let length = byte == UInt8(ascii: "\\") ? 2 : 1
        joined += rest.prefix(length)
        rest = rest.dropFirst(length)
      }
    }
    return String(decoding: joined, as: UTF8.self)
  }

  /// The code unit of an escape that a text begins with.
  private static func escape(at text: ArraySlice<UInt8>) -> UInt16? {
    guard text.count >= escapeLength, text.first == UInt8(ascii: "\\"), text.dropFirst().first == UInt8(ascii: "u")
    else { return nil }
    return UInt16(String(decoding: text.prefix(escapeLength).dropFirst(2), as: UTF8.self), radix: 16)
  }

  /// `\u` and four digits.
  private static let escapeLength = 6
}
