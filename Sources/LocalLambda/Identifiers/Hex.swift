/// Hexadecimal digits, lower case, written straight into a string's own storage.
struct Hex {
  private let digits: UnsafeMutableBufferPointer<UInt8>
  private var count = 0

  /// A text of at most so many bytes.
  static func text(_ capacity: Int, _ write: (inout Hex) -> Void) -> String {
    String(unsafeUninitializedCapacity: capacity) { buffer in
      var text = Hex(digits: buffer)
      write(&text)
      return text.count
    }
  }

  private init(digits: UnsafeMutableBufferPointer<UInt8>) { self.digits = digits }

  /// Appends the low digits of a number.
  mutating func append(_ value: UInt64, digits length: Int = 16) {
    var rest = value
    for place in (count..<count + length).reversed() {
      let nibble = UInt8(truncatingIfNeeded: rest) & 0xF
      digits[place] = nibble + (nibble < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
      rest >>= 4
    }
    count += length
  }

  /// Appends what stands between groups of digits.
  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { bytes in
      for byte in bytes {
        digits[count] = byte
        count += 1
      }
    }
  }

  /// The number that lower-case hexadecimal digits stand for.
  static func value(of digits: some Sequence<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}
