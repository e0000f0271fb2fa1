/// Ids that nothing needs to guess.
enum RandomID {
  /// A random UUID (RFC 9562, version 4), in lower case.
  static func uuid() -> String {
    uuid(withUnsafeBytes(of: (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))) { Array($0) })
  }

  /// The UUID of sixteen bytes.
  static func uuid(_ bytes: [UInt8]) -> String {
    var bytes = bytes
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// That many random hexadecimal digits.
  static func hex(_ count: Int) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(count)
    // Each random number is a call of the kernel: one serves for sixteen digits.
    var random: UInt64 = 0
    for index in 0..<count {
      if index % 16 == 0 { random = .random(in: .min ... .max) }
      text.append(digits[Int(random & 15)])
      random >>= 4
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let digits = Array("0123456789abcdef".utf8)
}
