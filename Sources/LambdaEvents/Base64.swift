/// A body that says it is base64 and is not.
public struct InvalidBase64: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, as a sentence.
  public var description: String { "The text is not base64." }
}

/// RFC 4648 base64 with padding, as API Gateway writes it.
enum Base64 {
  static func decode(_ text: String) throws(InvalidBase64) -> [UInt8] {
    var digits = text.utf8[...]
    guard digits.count % 4 == 0 else { throw InvalidBase64() }
    var padding = 0
    while padding < 2, digits.last == UInt8(ascii: "=") {
      digits.removeLast()
      padding += 1
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count * 3 / 4)
    var bits: UInt32 = 0
    var count = 0
    for digit in digits {
      guard let value = value(of: digit) else { throw InvalidBase64() }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
