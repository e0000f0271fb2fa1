/// How many batches of a mapping may be under way at once, and how long it pauses after trouble.
///
/// As Lambda scales SQS pollers: five batches to start with, 300 more a minute while the queue has a backlog, no more
/// than five again once it is empty; fewer and fewer while the function fails or is throttled, with a short pause
/// before each, so that a function that fails at once is not called without a rest.
/// Each provisioned poller has ten batches at once, and they grow by 1 000 batches a minute between their bounds.
/// See [Scaling](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html).
struct BatchConcurrency: Sendable, Hashable {
  private static let starting = 5
  private static let most = 1_250
  private static let batchesOfAPoller = 10
  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(1)

  /// How many may be under way now.
  private(set) var limit: Int
  private let base: Int
  private let ceiling: Int
  /// One batch more after each.
  private let growthInterval: Duration
  private var failuresInARow = 0
  /// Since when the queue has held more than what was taken; moved on with each growth.
  private var backlogSince: ContinuousClock.Instant?

  /// - Parameter maximum: `ScalingConfig.MaximumConcurrency`, where the mapping has one.
  init(maximum: Int?) {
    ceiling = maximum ?? Self.most
    base = min(Self.starting, ceiling)
    limit = base
    growthInterval = .milliseconds(200)
  }

  /// - Parameter pollers: the mapping's `ProvisionedPollerConfig`.
  init(pollers: ClosedRange<Int>) {
    ceiling = pollers.upperBound * Self.batchesOfAPoller
    base = pollers.lowerBound * Self.batchesOfAPoller
    limit = base
    growthInterval = .milliseconds(60)
  }

  /// Lets time pass: with a backlog the limit grows.
  mutating func advance(to now: ContinuousClock.Instant) {
    guard let since = backlogSince, failuresInARow == 0, limit < ceiling else { return }
    let steps = Int((now - since) / growthInterval)
    guard steps > 0 else { return }
    limit = min(limit + steps, ceiling)
    backlogSince = since + growthInterval * steps
  }

  /// How long until the limit grows by itself; nil when it does not.
  func growth(after now: ContinuousClock.Instant) -> Duration? {
    guard let since = backlogSince, failuresInARow == 0, limit < ceiling else { return nil }
    return max(since + growthInterval - now, .zero)
  }

  /// A batch was put together. A full one means that there may be more in the queue.
  mutating func gathered(isFull: Bool, at now: ContinuousClock.Instant) {
    advance(to: now)
    if !isFull {
      backlogSince = nil
    } else if backlogSince == nil {
      backlogSince = now
    }
  }

  /// The queue was empty for a whole poll.
  mutating func foundNothing() {
    backlogSince = nil
    limit = min(limit, base)
  }

  /// A batch is done, at least in part.
  mutating func succeeded() {
    failuresInARow = 0
    if limit < base { limit += 1 }
  }

  /// A batch failed whole, or the function was throttled.
  mutating func failed() {
    failuresInARow += 1
    backlogSince = nil
    limit = max(1, limit - 1)
  }

  /// Nothing after one failure, which may be its messages' fault alone; then 100 ms, doubled up to a second. No longer:
  /// Lambda does not pause at all, and good messages may wait behind the bad ones.
  var pause: Duration {
    guard failuresInARow > 1 else { return .zero }
    return min(Self.firstPause * (1 << min(failuresInARow - 2, 4)), Self.longestPause)
  }
}
