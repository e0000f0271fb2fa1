import DequeModule

/// Which messages the named receives of the last five minutes got.
struct ReceiveAttempts: Sendable {
  private var messages: [String: (at: Int64, references: [MessageReference])] = [:]
  private var expiries: Deque<(at: Int64, attemptID: String)> = []

  /// What the receive of that name got; nil when there was none, or it got nothing.
  mutating func messages(of attemptID: String, now: Int64) -> [MessageReference]? {
    dropExpired(now)
    return messages[attemptID]?.references
  }

  mutating func remember(_ attemptID: String, _ references: [MessageReference], now: Int64) {
    dropExpired(now)
    guard !references.isEmpty else {
      messages[attemptID] = nil
      return
    }
    messages[attemptID] = (now, references)
    expiries.append((now, attemptID))
  }

  private mutating func dropExpired(_ now: Int64) {
    while let oldest = expiries.first, oldest.at + Int64(SQSLimits.deduplicationSeconds) * 1_000 <= now {
      expiries.removeFirst()
      if messages[oldest.attemptID]?.at == oldest.at { messages[oldest.attemptID] = nil }
    }
  }
}
