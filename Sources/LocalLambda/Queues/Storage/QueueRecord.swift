/// One change of the queues, as the log holds it. A queue is known by its tag, a message by its slot and number.
enum QueueRecord {
  /// A queue as it is from here on; a new one or a changed one.
  case queue(QueueDescription)
  case queueDeleted(tag: UInt64)
  case queuePurged(tag: UInt64)
  /// A message that was added to a queue, in its present state.
  case message(tag: UInt64, Message)
  /// A message's state after a receive or a change of its visibility.
  case messageState(tag: UInt64, slot: UInt32, sequence: UInt64, MessageStatus)
  case messageDeleted(tag: UInt64, slot: UInt32, sequence: UInt64)
  case deduplication(tag: UInt64, key: String, Deduplication.Original, sentAt: Int64)
  /// A task as it is from here on.
  case moveTask(MoveTask)
}

/// A queue without its messages.
struct QueueDescription: Sendable, Hashable {
  let tag: UInt64
  let address: QueueAddress
  let attributes: [String: String]
  let tags: [String: String]
  let createdAt: Int64
  let modifiedAt: Int64
  let lastSequence: UInt64

  init(_ queue: Queue) {
    tag = queue.tag
    address = queue.address
    attributes = queue.attributes.text
    tags = queue.tags
    createdAt = queue.createdAt
    modifiedAt = queue.modifiedAt
    lastSequence = queue.lastSequence
  }
}

/// What of a message changes.
struct MessageStatus: Sendable, Hashable {
  let state: Message.State
  let availableAt: Int64
  let firstReceivedAt: Int64?
  let receiveCount: UInt32

  init(_ message: Message) {
    state = message.state
    availableAt = message.availableAt
    firstReceivedAt = message.firstReceivedAt
    receiveCount = message.receiveCount
  }
}

extension Message {
  var status: MessageStatus {
    get { MessageStatus(self) }
    set {
      state = newValue.state
      availableAt = newValue.availableAt
      firstReceivedAt = newValue.firstReceivedAt
      receiveCount = newValue.receiveCount
    }
  }
}
