/// Hexadecimal digits, lower case, on their way into memory that somebody else holds.
struct Hex {
  private let digits: UnsafeMutableBufferPointer<UInt8>
  private var count = 0

  /// A text of at most so many bytes.
  static func text(_ capacity: Int, _ write: (inout Hex) -> Void) -> String {
    String(unsafeUninitializedCapacity: capacity) { fill($0, write) }
  }

  /// Writes digits, and says how many bytes they are.
  fileprivate static func fill(_ bytes: UnsafeMutableBufferPointer<UInt8>, _ write: (inout Hex) -> Void) -> Int {
    var text = Hex(digits: bytes)
    write(&text)
    return text.count
  }

  private init(digits: UnsafeMutableBufferPointer<UInt8>) { self.digits = digits }

  /// Appends the low digits of a number, at most 16.
  mutating func append(_ value: UInt64, digits length: Int = 16) {
    let all = (
      Self.eightDigits(of: UInt32(truncatingIfNeeded: value >> 32)),
      Self.eightDigits(of: UInt32(truncatingIfNeeded: value))
    )
    withUnsafeBytes(of: all) { all in
      let place = UnsafeMutableRawBufferPointer(digits)[count..<count + length]
      UnsafeMutableRawBufferPointer(rebasing: place).copyMemory(from: .init(rebasing: all[(16 - length)...]))
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

  /// The digits of 32 bits as they are in memory: each nibble gets a byte, and all bytes are worked on at once.
  private static func eightDigits(of value: UInt32) -> UInt64 {
    var nibbles = UInt64(value)
    nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0F
    let isLetter = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    let fromDigitToLetter = UInt64(UInt8(ascii: "a") - 10 - UInt8(ascii: "0"))
    return (nibbles &+ 0x3030_3030_3030_3030 &+ isLetter &* fromDigitToLetter).bigEndian
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

/// What is told in hexadecimal digits, in a text of a fixed length.
protocol HexadecimalText: CustomStringConvertible {
  /// Of the text, in bytes.
  static var length: Int { get }
  func write(to text: inout Hex)
}

extension HexadecimalText {
  var description: String { Hex.text(Self.length, write(to:)) }

  /// The text's bytes, for as long as the closure runs.
  func withUTF8(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.length) { bytes in
      body(UnsafeBufferPointer(rebasing: bytes[..<Hex.fill(bytes, write(to:))]))
    }
  }
}
