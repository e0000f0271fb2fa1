/// Points at a message as it was at one moment.
struct MessageReference: Sendable, Hashable, Comparable {
  let sequence: UInt64
  let slot: UInt32
  let turn: UInt32

  static func < (left: MessageReference, right: MessageReference) -> Bool { left.sequence < right.sequence }
}

/// The messages of a queue, each in a slot of its own that is used again once the message is gone.
struct MessageStore: Sendable {
  /// The slots in pieces, so that a queue that grows never has to move all of its messages at once.
  private var pieces: [[Message?]] = []
  private(set) var slotCount = 0
  private var free: [UInt32] = []

  private static let pieceLength = 1024

  var count: Int { slotCount - free.count }

  private subscript(slot: UInt32) -> Message? {
    get { pieces[Int(slot) / Self.pieceLength][Int(slot) % Self.pieceLength] }
    set { pieces[Int(slot) / Self.pieceLength][Int(slot) % Self.pieceLength] = newValue }
  }

  /// Puts a message into a free slot, and returns it as it is there.
  mutating func insert(_ message: Message) -> Message {
    var message = message
    message.slot = free.popLast() ?? addSlot()
    self[message.slot] = message
    return message
  }

  private mutating func addSlot() -> UInt32 {
    if slotCount % Self.pieceLength == 0 { pieces.append([]) }
    pieces[pieces.count - 1].append(nil)
    slotCount += 1
    return UInt32(slotCount - 1)
  }

  /// Puts messages back into the slots they had, into an empty store.
  mutating func restore(_ messages: [Message]) {
    let end = messages.reduce(0) { max($0, Int($1.slot) + 1) }
    while slotCount < end { _ = addSlot() }
    for message in messages { self[message.slot] = message }
    free = (0..<UInt32(end)).reversed().filter { self[$0] == nil }
  }

  /// Takes the message out of its slot.
  mutating func remove(at slot: UInt32) -> Message? {
    guard let message = message(at: slot) else { return nil }
    self[slot] = nil
    free.append(slot)
    if count == 0 { self = MessageStore() }
    return message
  }

  /// The message of that number, if it is still there.
  func message(sequence: UInt64, slot: UInt32) -> Message? {
    guard slot < slotCount, let message = self[slot], message.sequence == sequence else { return nil }
    return message
  }

  /// Whether the message is still there.
  func holds(_ reference: MessageReference) -> Bool {
    reference.slot < slotCount && self[reference.slot]?.sequence == reference.sequence
  }

  /// Whether the message is still there, and as it was.
  func isCurrent(_ reference: MessageReference) -> Bool {
    guard reference.slot < slotCount, let message = self[reference.slot] else { return false }
    return message.sequence == reference.sequence && message.turn == reference.turn
  }

  /// The message in a slot.
  func message(at slot: UInt32) -> Message? { slot < slotCount ? self[slot] : nil }

  /// Changes a message in place.
  mutating func update(_ slot: UInt32, _ change: (inout Message) -> Void) {
    guard slot < slotCount, var message = self[slot] else { return }
    change(&message)
    self[slot] = message
  }

  /// All messages, in no order.
  var all: some Sequence<Message> { pieces.lazy.joined().compactMap(\.self) }
}
