/// Points at a message as it was at one moment.
struct MessageReference: Sendable, Hashable, Comparable {
  let sequence: UInt64
  let slot: UInt32
  let turn: UInt32

  static func < (left: MessageReference, right: MessageReference) -> Bool { left.sequence < right.sequence }
}

/// The messages of a queue, each in a slot of its own that is used again once the message is gone.
struct MessageStore: Sendable {
  private var slots: [Message?] = []
  private var free: [UInt32] = []

  var slotCount: Int { slots.count }
  var count: Int { slots.count - free.count }

  /// Puts a message into a free slot, and returns it as it is there.
  mutating func insert(_ message: Message) -> Message {
    var message = message
    if let slot = free.popLast() {
      message.slot = slot
      slots[Int(slot)] = message
    } else {
      message.slot = UInt32(slots.count)
      slots.append(message)
    }
    return message
  }

  /// Puts messages back into the slots they had, into an empty store.
  mutating func restore(_ messages: [Message]) {
    let end = messages.reduce(0) { max($0, Int($1.slot) + 1) }
    slots = Array(repeating: nil, count: end)
    for message in messages { slots[Int(message.slot)] = message }
    free = slots.indices.reversed().compactMap { slots[$0] == nil ? UInt32($0) : nil }
  }

  /// Takes the message out of its slot.
  mutating func remove(at slot: UInt32) -> Message? {
    guard let message = message(at: slot) else { return nil }
    slots[Int(slot)] = nil
    free.append(slot)
    if count == 0 {
      slots = []
      free = []
    }
    return message
  }

  /// The message of that number, if it is still there.
  func message(sequence: UInt64, slot: UInt32) -> Message? {
    guard slot < slots.count, let message = slots[Int(slot)], message.sequence == sequence else { return nil }
    return message
  }

  /// Whether the message is still there.
  func holds(_ reference: MessageReference) -> Bool {
    reference.slot < slots.count && slots[Int(reference.slot)]?.sequence == reference.sequence
  }

  /// Whether the message is still there, and as it was.
  func isCurrent(_ reference: MessageReference) -> Bool {
    guard reference.slot < slots.count, let message = slots[Int(reference.slot)] else { return false }
    return message.sequence == reference.sequence && message.turn == reference.turn
  }

  /// The message in a slot.
  func message(at slot: UInt32) -> Message? { slot < slots.count ? slots[Int(slot)] : nil }

  /// Changes a message in place.
  mutating func update(_ slot: UInt32, _ change: (inout Message) -> Void) {
    guard slot < slots.count, var message = slots[Int(slot)] else { return }
    change(&message)
    slots[Int(slot)] = message
  }

  /// All messages, in no order.
  var all: some Sequence<Message> { slots.lazy.compactMap(\.self) }
}
