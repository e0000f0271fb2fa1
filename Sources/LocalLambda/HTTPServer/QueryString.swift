/// Percent-encoding, as paths and queries have it (RFC 3986, 2.1).
enum PercentDecoding {
  /// The decoded text; what is not a valid sequence stays as it is, and so does what would not be UTF-8.
  static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
    Self.text(text.utf8, plusIsSpace: plusIsSpace) ?? String(text)
  }

  /// The decoded text; what is not a valid sequence stays as it is. Nil for what is not UTF-8.
  static func text(_ encoded: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
    guard encoded.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
      return String(validating: encoded, as: UTF8.self)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encoded.count)
    var rest = encoded[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = hexPair(rest.prefix(2)) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexPair(_ digits: some Collection<UInt8>) -> UInt8? {
    guard digits.count == 2 else { return nil }
    var value: UInt8 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | (digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | (digit - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | (digit - UInt8(ascii: "A") + 10)
      default: return nil
      }
    }
    return value
  }
}

/// The query of a URL.
enum QueryString {
  /// The decoded pairs in their order; a name without `=` has an empty value.
  static func pairs(_ query: some StringProtocol) -> [(name: String, value: String)] {
    query.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (
        PercentDecoding.decode(parts[0], plusIsSpace: true),
        parts.count > 1 ? PercentDecoding.decode(parts[1], plusIsSpace: true) : ""
      )
    }
  }
}
