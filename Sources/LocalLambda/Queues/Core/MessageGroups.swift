import DequeModule

/// The message groups of a FIFO queue: each one's messages in order, whatever their state.
///
/// A group is received from its head on, up to the first message that is in flight or delayed: none overtakes such a
/// one, and those before it can be received (both recorded on AWS). A message that is received stays in its group, so
/// that it has its old place when it comes back.
///
/// What was received and is still there is at the head of its group, and no more than one receive's worth: so going
/// past it costs the same however long the group is.
struct MessageGroups: Sendable {
  private struct Group: Sendable {
    /// In order of their sequence, with references to messages that are gone by now.
    var messages: Deque<MessageReference> = []
    /// Is in `turns`.
    var hasTurn = false
  }

  private var groups: [String: Group] = [:]
  private var turns: Deque<String> = []
  /// The group that is being received from.
  private var current: String?
  /// What was taken out of the current group.
  private var taken: [MessageReference] = []

  /// A new message of the group comes behind the others.
  mutating func append(_ reference: MessageReference, group: String, in store: MessageStore) {
    groups[group, default: Group()].messages.append(reference)
    settle(group, in: store)
  }

  /// The group has its turn when its head may be received; with nothing left of it, it is forgotten.
  ///
  /// To be called when a message of the group is available, or gone.
  mutating func settle(_ group: String, in store: MessageStore) {
    guard groups[group]?.hasTurn == false else { return }
    guard let head = head(of: group, in: store) else {
      groups[group] = nil
      return
    }
    guard head.state == .available else { return }
    groups[group]?.hasTurn = true
    turns.append(group)
  }

  /// Takes the next message that may be received, of the same group while it has one.
  ///
  /// Whoever takes messages calls ``putBack(in:)`` at the end.
  mutating func takeNext(in store: MessageStore) -> MessageReference? {
    while true {
      if let group = current {
        if head(of: group, in: store)?.state == .available, let reference = groups[group]?.messages.popFirst() {
          taken.append(reference)
          return reference
        }
        putBack(in: store)
      }
      guard let group = turns.popFirst() else { return nil }
      groups[group]?.hasTurn = false
      current = group
    }
  }

  /// Puts what was taken where it was, as far as it is still there.
  mutating func putBack(in store: MessageStore) {
    guard let group = current else { return }
    current = nil
    for reference in taken.reversed() where store.holds(reference) {
      groups[group, default: Group()].messages.prepend(reference)
    }
    taken.removeAll(keepingCapacity: true)
    settle(group, in: store)
  }

  /// The message that ``takeNext(in:)`` would take.
  mutating func next(in store: MessageStore) -> Message? {
    while let group = turns.first {
      if let head = head(of: group, in: store), head.state == .available { return head }
      groups[group]?.hasTurn = false
      turns.removeFirst()
    }
    return nil
  }

  /// The first message that is still there; references to others before it are dropped.
  private mutating func head(of group: String, in store: MessageStore) -> Message? {
    while let reference = groups[group]?.messages.first {
      if let message = store.message(sequence: reference.sequence, slot: reference.slot) { return message }
      groups[group]?.messages.removeFirst()
    }
    return nil
  }
}
