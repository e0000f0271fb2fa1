import NIOCore

/// The message groups of a FIFO queue: each one's messages in order, and which group may be received from.
///
/// A group is locked while any message of it is in flight. What is received of a group comes from its head only, so a
/// message that is delayed, or comes back, keeps its place.
struct MessageGroups: Sendable {
  private struct Group: Sendable {
    /// In order of their sequence, with references to messages that are gone by now.
    var waiting: CircularBuffer<MessageReference> = []
    var inFlight = 0
    /// Is in `turns`.
    var hasTurn = false
  }

  private var groups: [String: Group] = [:]
  private var turns: CircularBuffer<String> = []

  /// A new message of the group waits behind the others.
  mutating func append(_ reference: MessageReference, group: String, in store: MessageStore) {
    groups[group, default: Group()].waiting.append(reference)
    settle(group, in: store)
  }

  /// A message of the group was received.
  mutating func lock(_ group: String) { groups[group]?.inFlight += 1 }

  /// A message of the group was in flight when the queue was closed.
  mutating func restoreInFlight(_ group: String) { groups[group, default: Group()].inFlight += 1 }

  /// A message of the group that was in flight is gone.
  mutating func unlock(_ group: String, in store: MessageStore) {
    groups[group]?.inFlight -= 1
    settle(group, in: store)
  }

  /// A message of the group that was in flight is back, in its old place. The group is to be settled afterwards.
  mutating func putBack(_ reference: MessageReference, group: String, in store: MessageStore) {
    // Those before it came back before it: no more than one receive's worth, as the group was locked.
    var before: [MessageReference] = []
    while let first = groups[group]?.waiting.first, first.sequence < reference.sequence {
      before.append(first)
      groups[group]?.waiting.removeFirst()
    }
    groups[group, default: Group()].waiting.prepend(reference)
    for earlier in before.reversed() { groups[group]?.waiting.prepend(earlier) }
    groups[group]?.inFlight -= 1
  }

  /// The group has its turn when its head may be received; with nothing left of it, it is forgotten.
  mutating func settle(_ group: String, in store: MessageStore) {
    guard groups[group]?.hasTurn == false else { return }
    guard let head = head(of: group, in: store) else {
      if groups[group]?.inFlight == 0 { groups[group] = nil }
      return
    }
    guard groups[group]?.inFlight == 0, head.state == .available else { return }
    groups[group]?.hasTurn = true
    turns.append(group)
  }

  /// The next group to receive from.
  mutating func nextTurn() -> String? {
    while let group = turns.popFirst() {
      groups[group]?.hasTurn = false
      // A group that was locked since it got its turn gets another one when it is unlocked.
      if groups[group]?.inFlight == 0 { return group }
    }
    return nil
  }

  /// The message that is received next.
  mutating func next(in store: MessageStore) -> Message? {
    while let group = turns.first {
      if groups[group]?.inFlight == 0, let head = head(of: group, in: store), head.state == .available { return head }
      groups[group]?.hasTurn = false
      turns.removeFirst()
    }
    return nil
  }

  /// Takes the group's head, when it may be received.
  mutating func popHead(of group: String, in store: MessageStore) -> MessageReference? {
    guard head(of: group, in: store)?.state == .available else { return nil }
    return groups[group]?.waiting.popFirst()
  }

  /// The first message that is still there; references to others before it are dropped.
  private mutating func head(of group: String, in store: MessageStore) -> Message? {
    while let reference = groups[group]?.waiting.first {
      if let message = store.message(sequence: reference.sequence, slot: reference.slot) { return message }
      groups[group]?.waiting.removeFirst()
    }
    return nil
  }

  mutating func removeAll() { self = MessageGroups() }
}
