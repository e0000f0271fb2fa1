import NIOCore

/// What a FIFO queue was sent in the last five minutes, so that a repeated message is accepted but not stored again.
struct Deduplication: Sendable {
  /// The message that was stored under a deduplication id.
  struct Original: Sendable, Hashable {
    let id: MessageID
    let sequence: UInt64
  }

  private var originals: [String: Original] = [:]
  /// In the order of their sequence numbers.
  private var expiries: CircularBuffer<(at: Int64, key: String, sequence: UInt64)> = []

  /// The key of a message; ids count in the whole queue, or only within their group.
  static func key(_ deduplicationID: String, group: String, byGroup: Bool) -> String {
    // Neither part can hold a space.
    byGroup ? "\(group) \(deduplicationID)" : deduplicationID
  }

  /// The message stored earlier under the key.
  mutating func original(_ key: String, now: Int64) -> Original? {
    while let oldest = expiries.first, oldest.at <= now {
      if originals[oldest.key]?.sequence == oldest.sequence { originals[oldest.key] = nil }
      expiries.removeFirst()
    }
    return originals[key]
  }

  mutating func remember(_ original: Original, as key: String, sentAt: Int64) {
    originals[key] = original
    expiries.append((sentAt + Int64(SQSLimits.deduplicationSeconds) * 1_000, key, original.sequence))
  }

  /// Up to so many of what is remembered, in the order of their sequence numbers, from the one after `sequence` on.
  func entries(after sequence: UInt64, limit: Int) -> [(key: String, original: Original, sentAt: Int64)] {
    var (low, high) = (0, expiries.count)
    while low < high {
      let middle = (low + high) / 2
      let entry = expiries[expiries.index(expiries.startIndex, offsetBy: middle)]
      if entry.sequence <= sequence { low = middle + 1 } else { high = middle }
    }
    return expiries.dropFirst(low).prefix(limit).compactMap { at, key, sequence in
      guard let original = originals[key], original.sequence == sequence else { return nil }
      return (key, original, at - Int64(SQSLimits.deduplicationSeconds) * 1_000)
    }
  }
}
