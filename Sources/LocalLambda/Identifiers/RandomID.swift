import Synchronization

/// Random ids as text.
enum RandomID {
  private static let bits = Mutex(RandomBits())

  /// A random UUID (RFC 9562, version 4), in lower case.
  static func uuid() -> String { bits.withLock { RandomUUID.random(using: &$0).description } }

  /// The UUID of sixteen bytes, of which six bits are taken for its version.
  static func uuid(_ bytes: [UInt8]) -> String {
    let (high, low) = (bytes.prefix(8), bytes.dropFirst(8).prefix(8))
    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return RandomUUID(randomHigh: number(high), low: number(low)).description
  }

  /// That many random hexadecimal digits.
  static func hex(_ count: Int) -> String { Hex.text(count) { append(digits: count, to: &$0) } }

  /// Appends that many random hexadecimal digits.
  static func append(digits count: Int, to text: inout Hex) {
    bits.withLock { append(digits: count, of: &$0, to: &text) }
  }

  /// 32 hexadecimal digits that nobody can guess.
  static func secret() -> String {
    var generator = SystemRandomNumberGenerator()
    return Hex.text(32) { append(digits: 32, of: &generator, to: &$0) }
  }

  private static func append(digits count: Int, of generator: inout some RandomNumberGenerator, to text: inout Hex) {
    for start in stride(from: 0, to: count, by: 16) { text.append(generator.next(), digits: min(16, count - start)) }
  }
}
