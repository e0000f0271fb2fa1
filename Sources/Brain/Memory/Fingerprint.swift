import AWSSignature

/// Ids made from what they name, so that merging the same thing twice changes nothing.
enum Fingerprint {
  static func fact(kind: MemoryData.Fact.Kind, about: MemoryData.Fact.About, text: String) -> String {
    "f_" + digest(kind.rawValue, about.rawValue, normalized(text))
  }

  static func openItem(owner: MemoryData.OpenItem.Owner, text: String) -> String {
    "o_" + digest(owner.rawValue, normalized(text))
  }

  /// Case, white space and the full stop at the end make no difference.
  static func normalized(_ text: String) -> String {
    let words = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return String(words.reversed().drop { ".!。".contains($0) }.reversed())
  }

  /// The first 12 hexadecimal digits of the SHA-256 of the parts, which a zero byte separates.
  private static func digest(_ parts: String...) -> String {
    String(Digest.sha256(parts.joined(separator: "\0").utf8).hexadecimal.prefix(12))
  }
}
