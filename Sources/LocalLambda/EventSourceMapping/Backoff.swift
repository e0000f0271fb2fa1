/// How long a mapping pauses before its next batch: the longer, the more batches in a row went wrong.
struct Backoff: Sendable, Hashable {
  private var failures = 0

  private static let first = Duration.milliseconds(100)
  private static let longest = Duration.seconds(10)

  mutating func succeeded() { failures = 0 }
  mutating func failed() { failures += 1 }

  /// Nothing after one failure, which may be its messages' fault alone; then 100 ms, doubled up to 10 s.
  var pause: Duration {
    guard failures > 1 else { return .zero }
    return min(Self.first * (1 << min(failures - 2, 10)), Self.longest)
  }
}
