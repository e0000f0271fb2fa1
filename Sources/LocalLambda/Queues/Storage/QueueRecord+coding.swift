extension QueueRecord {
  /// The kinds of records by their first byte; none is ever given another meaning.
  private enum Kind: UInt8 {
    case queue = 1
    case queueDeleted = 2
    case queuePurged = 3
    case message = 4
    case messageState = 5
    case messageDeleted = 6
    case deduplication = 7
    case moveTask = 8
  }

  func write(to writer: inout BinaryWriter) {
    switch self {
    case .queue(let queue):
      writer.number(Kind.queue.rawValue)
      queue.write(to: &writer)
    case .queueDeleted(let tag):
      writer.number(Kind.queueDeleted.rawValue)
      writer.number(tag)
    case .queuePurged(let tag):
      writer.number(Kind.queuePurged.rawValue)
      writer.number(tag)
    case .message(let tag, let message):
      writer.number(Kind.message.rawValue)
      writer.number(tag)
      message.write(to: &writer)
    case .messageState(let tag, let slot, let sequence, let status):
      writer.number(Kind.messageState.rawValue)
      writer.number(tag)
      writer.number(slot)
      writer.number(sequence)
      status.write(to: &writer)
    case .messageDeleted(let tag, let slot, let sequence):
      writer.number(Kind.messageDeleted.rawValue)
      writer.number(tag)
      writer.number(slot)
      writer.number(sequence)
    case .deduplication(let tag, let key, let original, let sentAt):
      writer.number(Kind.deduplication.rawValue)
      writer.number(tag)
      writer.text(key)
      writer.number(original.id.high)
      writer.number(original.id.low)
      writer.number(original.sequence)
      writer.number(sentAt)
    case .moveTask(let task):
      writer.number(Kind.moveTask.rawValue)
      task.write(to: &writer)
    }
  }

  init(from reader: inout BinaryReader) throws(BinaryReader.Failure) {
    guard let kind = Kind(rawValue: try reader.number()) else { throw BinaryReader.Failure() }
    switch kind {
    case .queue: self = .queue(try QueueDescription(from: &reader))
    case .queueDeleted: self = .queueDeleted(tag: try reader.number())
    case .queuePurged: self = .queuePurged(tag: try reader.number())
    case .message: self = .message(tag: try reader.number(), try Message(from: &reader))
    case .messageState:
      self = .messageState(
        tag: try reader.number(), slot: try reader.number(), sequence: try reader.number(),
        try MessageStatus(from: &reader))
    case .messageDeleted:
      self = .messageDeleted(
        tag: try reader.number(), slot: try reader.number(), sequence: try reader.number())
    case .deduplication:
      self = .deduplication(
        tag: try reader.number(), key: try reader.text(),
        Deduplication.Original(
          id: MessageID(high: try reader.number(), low: try reader.number()), sequence: try reader.number()),
        sentAt: try reader.number())
    case .moveTask: self = .moveTask(try MoveTask(from: &reader))
    }
  }
}

extension QueueAddress {
  fileprivate func write(to writer: inout BinaryWriter) {
    writer.text(scope.region)
    writer.text(scope.accountID)
    writer.text(name)
  }

  fileprivate init(from reader: inout BinaryReader) throws(BinaryReader.Failure) {
    let scope = QueueScope(region: try reader.text(), accountID: try reader.text())
    self.init(try reader.text(), in: scope)
  }
}

extension MoveTask {
  fileprivate func write(to writer: inout BinaryWriter) {
    writer.number(id.high)
    writer.number(id.low)
    source.write(to: &writer)
    writer.optional(destination) { writer, address in address.write(to: &writer) }
    writer.optional(rate) { writer, rate in writer.number(UInt32(rate)) }
    writer.number(startedAt)
    writer.number(UInt64(toMove))
    writer.number(UInt64(moved))
    writer.number(status.rawValue)
    writer.optional(failure) { writer, failure in writer.text(failure) }
  }

  fileprivate init(from reader: inout BinaryReader) throws(BinaryReader.Failure) {
    id = MessageID(high: try reader.number(), low: try reader.number())
    source = try QueueAddress(from: &reader)
    destination = try reader.optional { (reader) throws(BinaryReader.Failure) in try QueueAddress(from: &reader) }
    rate = try reader.optional { (reader) throws(BinaryReader.Failure) in Int(try reader.number(UInt32.self)) }
    startedAt = try reader.number()
    toMove = Int(truncatingIfNeeded: try reader.number(UInt64.self))
    moved = Int(truncatingIfNeeded: try reader.number(UInt64.self))
    guard let status = Status(rawValue: try reader.number()) else { throw BinaryReader.Failure() }
    self.status = status
    failure = try reader.optional { (reader) throws(BinaryReader.Failure) in try reader.text() }
  }
}

extension QueueDescription {
  fileprivate func write(to writer: inout BinaryWriter) {
    writer.number(tag)
    address.write(to: &writer)
    writer.map(attributes) { $0.text($1) }
    writer.map(tags) { $0.text($1) }
    writer.number(createdAt)
    writer.number(modifiedAt)
    writer.number(lastSequence)
  }

  fileprivate init(from reader: inout BinaryReader) throws(BinaryReader.Failure) {
    tag = try reader.number()
    address = try QueueAddress(from: &reader)
    attributes = try reader.map { (reader) throws(BinaryReader.Failure) in try reader.text() }
    tags = try reader.map { (reader) throws(BinaryReader.Failure) in try reader.text() }
    createdAt = try reader.number()
    modifiedAt = try reader.number()
    lastSequence = try reader.number()
  }
}

extension MessageStatus {
  fileprivate func write(to writer: inout BinaryWriter) {
    writer.number(state.rawValue)
    writer.number(availableAt)
    writer.optional(firstReceivedAt) { $0.number($1) }
    writer.number(receiveCount)
  }

  fileprivate init(from reader: inout BinaryReader) throws(BinaryReader.Failure) {
    guard let state = Message.State(rawValue: try reader.number()) else { throw BinaryReader.Failure() }
    self.state = state
    availableAt = try reader.number()
    firstReceivedAt = try reader.optional { (reader) throws(BinaryReader.Failure) in try reader.number() }
    receiveCount = try reader.number()
  }
}

extension Message {
  fileprivate func write(to writer: inout BinaryWriter) {
    writer.number(sequence)
    writer.number(slot)
    writer.number(id.high)
    writer.number(id.low)
    writer.number(bodyDigest.high)
    writer.number(bodyDigest.low)
    writer.number(sentAt)
    status.write(to: &writer)
    writer.text(body)
    writer.optional(details) { writer, details in details.write(to: &writer) }
  }

  fileprivate init(from reader: inout BinaryReader) throws(BinaryReader.Failure) {
    let sequence: UInt64 = try reader.number()
    let slot: UInt32 = try reader.number()
    let id = MessageID(high: try reader.number(), low: try reader.number())
    let digest = MD5Digest(high: try reader.number(), low: try reader.number())
    let sentAt: Int64 = try reader.number()
    let status = try MessageStatus(from: &reader)
    let body = try reader.text()
    let details = try reader.optional { (reader) throws(BinaryReader.Failure) in try MessageDetails(from: &reader) }
    self.init(
      id: id, body: body, bodyDigest: digest, sentAt: sentAt, availableAt: status.availableAt, details: details)
    self.sequence = sequence
    self.slot = slot
    self.status = status
  }
}

extension MessageDetails {
  fileprivate func write(to writer: inout BinaryWriter) {
    writer.map(attributes) { writer, attribute in
      writer.text(attribute.dataType)
      switch attribute.value {
      case .string(let text):
        writer.number(UInt8(1))
        writer.text(text)
      case .binary(let bytes):
        writer.number(UInt8(2))
        writer.data(bytes)
      }
    }
    for text in [traceHeader, groupID, deduplicationID, deadLetterSource] {
      writer.optional(text) { $0.text($1) }
    }
    writer.number(receivedBefore)
  }

  fileprivate convenience init(from reader: inout BinaryReader) throws(BinaryReader.Failure) {
    func text(_ reader: inout BinaryReader) throws(BinaryReader.Failure) -> String? {
      try reader.optional { (reader) throws(BinaryReader.Failure) in try reader.text() }
    }
    let attributes = try reader.map { (reader) throws(BinaryReader.Failure) in
      let dataType = try reader.text()
      switch try reader.number(UInt8.self) {
      case 1: return MessageAttribute(dataType: dataType, value: .string(try reader.text()))
      case 2: return MessageAttribute(dataType: dataType, value: .binary(try reader.data()))
      default: throw BinaryReader.Failure()
      }
    }
    self.init(
      attributes: attributes, traceHeader: try text(&reader), groupID: try text(&reader),
      deduplicationID: try text(&reader), deadLetterSource: try text(&reader), receivedBefore: try reader.number())
  }
}
