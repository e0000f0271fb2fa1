/// Elements by the moment they are due, the earliest first: a binary heap.
///
/// Nothing is ever taken out of the middle. An entry that no longer counts stays until it comes up, or until
/// ``compact(live:isLive:)`` finds that most entries are such: so each operation is O(log n) over time.
struct DueHeap<Element: Comparable & Sendable>: Sendable {
  private struct Entry: Sendable {
    let due: Int64
    let element: Element

    /// Entries due together come in the order of their elements.
    func precedes(_ other: Entry) -> Bool { (due, element) < (other.due, other.element) }
  }

  private var entries: [Entry] = []

  /// The earliest entry.
  var first: (due: Int64, element: Element)? { entries.first.map { ($0.due, $0.element) } }

  mutating func push(_ element: Element, due: Int64) {
    entries.append(Entry(due: due, element: element))
    siftUp(from: entries.count - 1)
  }

  mutating func removeFirst() {
    guard let last = entries.popLast(), !entries.isEmpty else { return }
    entries[0] = last
    siftDown(from: 0)
  }

  mutating func removeAll() { entries = [] }

  /// Drops stale entries when they are most of all.
  mutating func compact(live: Int, isLive: (Element) -> Bool) {
    guard entries.count > 2 * live + 1_024 else { return }
    entries.removeAll { !isLive($0.element) }
    for index in stride(from: entries.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
  }

  private mutating func siftUp(from start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard entries[index].precedes(entries[parent]) else { return }
      entries.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func siftDown(from start: Int) {
    var index = start
    while true {
      var child = 2 * index + 1
      guard child < entries.count else { return }
      if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) { child += 1 }
      guard entries[child].precedes(entries[index]) else { return }
      entries.swapAt(index, child)
      index = child
    }
  }
}
