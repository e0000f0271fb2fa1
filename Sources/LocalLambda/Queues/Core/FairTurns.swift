import DequeModule

/// The available messages of a standard queue, in the order in which they became so within their message group; the
/// groups take turns, one message at a time, so that one with many messages does not hold up the others.
///
/// Messages without a group are a group of their own. As long as there are only such, this is one queue.
struct FairTurns: Sendable {
  private var ungrouped: Deque<MessageReference> = []
  private var grouped: [String: Deque<MessageReference>] = [:]
  /// Whose turn is next; nil stands for messages with no group. Each group with messages is in here once.
  private var turns: Deque<String?> = []
  private var hasUngroupedTurn = false
  /// Entries, with those of messages that are gone or have changed by now.
  private var count = 0

  mutating func append(_ reference: MessageReference, group: String?) {
    count += 1
    guard let group else {
      ungrouped.append(reference)
      giveUngroupedTurn()
      return
    }
    if grouped[group]?.append(reference) == nil {
      grouped[group] = [reference]
      turns.append(group)
    }
  }

  /// Puts a message before the others of its group.
  mutating func prepend(_ reference: MessageReference, group: String?) {
    count += 1
    guard let group else {
      ungrouped.prepend(reference)
      giveUngroupedTurn()
      return
    }
    if grouped[group]?.prepend(reference) == nil {
      grouped[group] = [reference]
      turns.prepend(group)
    }
  }

  /// Takes the next message that is still as it was when it was put here.
  mutating func popNext(in store: MessageStore) -> MessageReference? {
    while let turn = turns.first {
      let reference: MessageReference?
      if let group = turn { reference = grouped[group]?.popFirst() } else { reference = ungrouped.popFirst() }
      guard let reference else {
        dropTurn(turn)
        continue
      }
      count -= 1
      guard store.isCurrent(reference) else { continue }
      passTurn(turn)
      return reference
    }
    return nil
  }

  /// The message that ``popNext(in:)`` would take.
  mutating func next(in store: MessageStore) -> Message? {
    while let turn = turns.first {
      let reference = if let group = turn { grouped[group]?.first } else { ungrouped.first }
      guard let reference else {
        dropTurn(turn)
        continue
      }
      if store.isCurrent(reference) { return store.message(at: reference.slot) }
      count -= 1
      if let group = turn { grouped[group]?.removeFirst() } else { ungrouped.removeFirst() }
    }
    return nil
  }

  /// Drops what is out of date when it is most of all.
  mutating func compact(live: Int, in store: MessageStore) {
    guard count > 2 * live + 1_024 else { return }
    ungrouped = Deque(ungrouped.filter { store.isCurrent($0) })
    grouped = grouped.mapValues { Deque($0.filter { store.isCurrent($0) }) }
    count = grouped.values.reduce(ungrouped.count) { $0 + $1.count }
  }

  private mutating func giveUngroupedTurn() {
    guard !hasUngroupedTurn else { return }
    hasUngroupedTurn = true
    turns.append(nil)
  }

  /// To the end of the line.
  private mutating func passTurn(_ turn: String?) {
    guard turns.count > 1 else { return }
    turns.removeFirst()
    turns.append(turn)
  }

  private mutating func dropTurn(_ turn: String?) {
    turns.removeFirst()
    if let turn { grouped[turn] = nil } else { hasUngroupedTurn = false }
  }
}
