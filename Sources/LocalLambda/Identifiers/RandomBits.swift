/// Random numbers for ids, which have to be different and not secret.
///
/// The system is asked once, and not by a call of the kernel for each number; from there it goes on with xoshiro256**
/// (Blackman and Vigna, public domain).
struct RandomBits: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  init(seededBy generator: inout some RandomNumberGenerator) {
    // All zeros would stay so.
    state = (generator.next(), generator.next(), generator.next(), generator.next() | 1)
  }

  init() {
    var generator = SystemRandomNumberGenerator()
    self.init(seededBy: &generator)
  }

  mutating func next() -> UInt64 {
    func rotated(_ value: UInt64, by count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
    let result = rotated(state.1 &* 5, by: 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, by: 45)
    return result
  }
}
