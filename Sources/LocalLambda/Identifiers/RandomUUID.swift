/// A random UUID (RFC 9562, version 4).
struct RandomUUID: Sendable, Hashable, HexadecimalText {
  static let length = 36
  let high: UInt64
  let low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// A new one.
  static func random(using generator: inout some RandomNumberGenerator) -> RandomUUID {
    RandomUUID(randomHigh: generator.next(), low: generator.next())
  }

  /// A new one.
  static func random() -> RandomUUID {
    var generator = SystemRandomNumberGenerator()
    return random(using: &generator)
  }

  /// One of random bits, of which six are taken for the version.
  init(randomHigh high: UInt64, low: UInt64) {
    self.init(
      high: high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low: low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
  }

  /// Reads the usual text of a UUID, lower case.
  init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.map(\.count) == [8, 4, 4, 4, 12], let high = Hex.value(of: parts[0..<3].joined()),
      let low = Hex.value(of: parts[3...].joined())
    else { return nil }
    self.init(high: high, low: low)
  }

  /// Writes the usual text of a UUID, lower case.
  func write(to text: inout Hex) {
    text.append(high >> 32, digits: 8)
    text.append("-")
    text.append(high >> 16, digits: 4)
    text.append("-")
    text.append(high, digits: 4)
    text.append("-")
    text.append(low >> 48, digits: 4)
    text.append("-")
    text.append(low, digits: 12)
  }
}
