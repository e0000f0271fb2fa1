/// Gives out message ids: random UUIDs of version 4.
///
/// It asks the system for randomness once and goes on from there (xoshiro256**, by Blackman and Vigna, public domain),
/// as an id is needed for each message and request, and none has to be a secret.
struct MessageIDSource: Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  init(seededBy generator: inout some RandomNumberGenerator) {
    // All zeros would stay so.
    state = (generator.next(), generator.next(), generator.next(), generator.next() | 1)
  }

  init() {
    var generator = SystemRandomNumberGenerator()
    self.init(seededBy: &generator)
  }

  mutating func next() -> MessageID { MessageID(randomHigh: random(), low: random()) }

  private mutating func random() -> UInt64 {
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
