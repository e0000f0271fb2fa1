import DequeModule

/// What a FIFO queue was sent in the last five minutes, so that a repeated message is accepted but not stored again.
struct Deduplication: Sendable {
  /// The message that was stored under a deduplication id.
  struct Original: Sendable, Hashable {
    let id: MessageID
    let sequence: UInt64
  }

  /// Ids count within their message group, not in the whole queue.
  private let isByGroup: Bool
  private var originals: [String: Original] = [:]
  /// In the order of their sequence numbers.
  private var expiries: Deque<(at: Int64, key: String, original: Original)> = []

  init(byGroup: Bool) { isByGroup = byGroup }

  /// The same messages with ids that count elsewhere.
  init(_ other: Deduplication, byGroup: Bool) {
    self.init(byGroup: byGroup)
    expiries = other.expiries
    for (_, key, original) in expiries { originals[place(of: key)] = original }
  }

  /// What a message is remembered by, wherever its id counts.
  static func key(_ deduplicationID: String, group: String) -> String {
    // Neither part can hold a space.
    "\(group) \(deduplicationID)"
  }

  /// The message stored earlier under the key.
  mutating func original(_ key: String, now: Int64) -> Original? {
    while let oldest = expiries.first, oldest.at <= now {
      let place = place(of: oldest.key)
      if originals[place] == oldest.original { originals[place] = nil }
      expiries.removeFirst()
    }
    return originals[place(of: key)]
  }

  mutating func remember(_ original: Original, as key: String, sentAt: Int64) {
    originals[place(of: key)] = original
    expiries.append((sentAt + Int64(SQSLimits.deduplicationSeconds) * 1_000, key, original))
  }

  /// Up to so many of what is remembered, in the order of their sequence numbers, from the one after `sequence` on.
  func entries(after sequence: UInt64, limit: Int) -> [(key: String, original: Original, sentAt: Int64)] {
    var (low, high) = (0, expiries.count)
    while low < high {
      let middle = (low + high) / 2
      let entry = expiries[expiries.index(expiries.startIndex, offsetBy: middle)]
      if entry.original.sequence <= sequence { low = middle + 1 } else { high = middle }
    }
    return expiries.dropFirst(low).prefix(limit).map { at, key, original in
      (key, original, at - Int64(SQSLimits.deduplicationSeconds) * 1_000)
    }
  }

  /// The key, or the id in it.
  private func place(of key: String) -> String {
    guard !isByGroup, let space = key.utf8.firstIndex(of: UInt8(ascii: " ")) else { return key }
    return String(key[key.index(after: space)...])
  }
}
