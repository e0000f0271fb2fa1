import NIOCore

/// What a FIFO queue was sent in the last five minutes, so that a repeated message is accepted but not stored again.
struct Deduplication: Sendable {
  /// The message that was stored under a deduplication id.
  struct Original: Sendable, Hashable {
    let id: MessageID
    let sequence: UInt64
  }

  private var originals: [String: Original] = [:]
  private var expiries: CircularBuffer<(at: Int64, key: String)> = []

  /// The key of a message; ids count in the whole queue, or only within their group.
  static func key(_ deduplicationID: String, group: String, byGroup: Bool) -> String {
    // Neither part can hold a space.
    byGroup ? "\(group) \(deduplicationID)" : deduplicationID
  }

  /// The message stored earlier under the key.
  mutating func original(_ key: String, now: Int64) -> Original? {
    while let oldest = expiries.first, oldest.at <= now {
      originals[oldest.key] = nil
      expiries.removeFirst()
    }
    return originals[key]
  }

  mutating func remember(_ original: Original, as key: String, sentAt: Int64) {
    originals[key] = original
    expiries.append((sentAt + Int64(SQSLimits.deduplicationSeconds) * 1_000, key))
  }

  /// What is remembered, the oldest first.
  var all: some Sequence<(key: String, original: Original, sentAt: Int64)> {
    expiries.lazy.compactMap { at, key in
      originals[key].map { (key, $0, at - Int64(SQSLimits.deduplicationSeconds) * 1_000) }
    }
  }
}
