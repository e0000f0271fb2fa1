import NIOCore

/// How fast a streamed answer may come: its first 6 MB at any rate, then 2 MB a second.
///
/// A plain value: it is told what time it is. See
/// [Bandwidth limits for response streaming](https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html#config-rs-bandwidth-cap);
/// as in Amazon's own emulator, a slow stretch earns a burst again.
struct StreamPace: Sendable {
  static let burst = 6 << 20
  static let bytesPerSecond = 2 << 20

  /// How much may come at once; what came too early is owed.
  private var allowance = burst
  private var last: NIODeadline?

  /// Counts bytes that have come; nil when more may follow at once, else when.
  mutating func take(_ bytes: Int, at now: NIODeadline) -> NIODeadline? {
    let elapsed = last.map { now - $0 } ?? .zero
    last = now
    let earned = min(elapsed.nanoseconds / 1_000 * Int64(Self.bytesPerSecond) / 1_000_000, Int64(Self.burst))
    allowance = min(Self.burst, allowance + Int(earned)) - bytes
    guard allowance < 0 else { return nil }
    return now + .nanoseconds(Int64(-allowance) * 1_000_000_000 / Int64(Self.bytesPerSecond))
  }
}
