import NIOCore

/// The ids of the invocations that took too long last, so that an answer which comes later can be told why it is refused.
///
/// It remembers the last thousand.
struct RecentTimeouts: Sendable {
  static let capacity = 1000

  private var ids: Set<String> = []
  private var order = CircularBuffer<String>()

  /// How many have not been answered yet.
  var count: Int { ids.count }

  mutating func insert(_ id: String) {
    guard ids.insert(id).inserted else { return }
    order.append(id)
    // An id that was taken is still in the order: only then is there more than the set holds.
    while order.count > Self.capacity, let oldest = order.popFirst() { ids.remove(oldest) }
  }

  /// Whether the id is one of them; it is forgotten.
  mutating func take(_ id: String) -> Bool { ids.remove(id) != nil }
}
