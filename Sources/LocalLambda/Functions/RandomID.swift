import Synchronization

/// Random ids as text.
enum RandomID {
  private static let bits = Mutex(RandomBits())

  /// A random UUID (RFC 9562, version 4), in lower case.
  static func uuid() -> String { bits.withLock { MessageID.random(using: &$0).description } }

  /// The UUID of sixteen bytes, of which six bits are taken for its version.
  static func uuid(_ bytes: [UInt8]) -> String {
    let (high, low) = (bytes.prefix(8), bytes.dropFirst(8).prefix(8))
    func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return MessageID(randomHigh: number(high), low: number(low)).description
  }

  /// That many random hexadecimal digits.
  static func hex(_ count: Int) -> String { bits.withLock { hex(count, using: &$0) } }

  /// 32 hexadecimal digits that nobody can guess.
  static func secret() -> String {
    var generator = SystemRandomNumberGenerator()
    return hex(32, using: &generator)
  }

  private static func hex(_ count: Int, using generator: inout some RandomNumberGenerator) -> String {
    Hex.text(count) { text in
      for start in stride(from: 0, to: count, by: 16) { text.append(generator.next(), digits: min(16, count - start)) }
    }
  }
}
