import DequeModule

/// A queue: a state machine that knows no network and no clock.
///
/// Time is passed in as milliseconds since 1970. Whoever asks for something first lets the queue ``advance(to:)`` the
/// present; no operation but ``purge()``, ``peek(limit:)`` and a change of a FIFO queue's delay costs more with more
/// messages.
struct Queue: Sendable {
  let address: QueueAddress
  let createdAt: Int64
  /// Marks the receipt handles of this queue.
  let tag: UInt64
  var modifiedAt: Int64
  private(set) var attributes: QueueAttributes
  var tags: [String: String]

  var name: String { address.name }

  private(set) var counts = Counts()
  /// The number of the message that was sent last.
  private(set) var lastSequence: UInt64
  private(set) var deduplication: Deduplication
  private var store = MessageStore()
  /// Available messages of a standard queue.
  private var ready = FairTurns()
  private var groups = MessageGroups()
  private var attempts = ReceiveAttempts()
  /// Delayed and in-flight messages by the moment they are available.
  private var due = DueHeap<MessageReference>()
  /// All messages by the moment they were sent, for the retention period.
  private var ages = DueHeap<MessageReference>()

  init(
    address: QueueAddress, attributes: QueueAttributes, tags: [String: String], tag: UInt64, createdAt: Int64,
    lastSequence: UInt64 = 0
  ) {
    self.address = address
    self.attributes = attributes
    self.tags = tags
    deduplication = Deduplication(byGroup: attributes.deduplicatesByGroup)
    self.tag = tag
    self.createdAt = createdAt
    self.modifiedAt = createdAt
    self.lastSequence = lastSequence
  }

  /// Changes attributes: all of them, or none when one is refused. They count from now on, for all messages; on AWS
  /// [a change takes up to a minute](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html).
  ///
  /// - Returns: the messages whose state is another one by it.
  @discardableResult
  mutating func set(_ values: [String: String], now: Int64) throws(SQSError) -> [Message] {
    let before = attributes
    try attributes.set(values)
    if attributes.deduplicatesByGroup != before.deduplicatesByGroup {
      deduplication = Deduplication(deduplication, byGroup: attributes.deduplicatesByGroup)
    }
    return attributes.isFIFO && attributes.delaySeconds != before.delaySeconds ? delayAnew(now: now) : []
  }

  /// Gives all messages that were not received yet the queue's delay of now, counted from when they were sent: in a
  /// FIFO queue
  /// [a changed delay is retroactive](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html).
  private mutating func delayAnew(now: Int64) -> [Message] {
    var changed: [Message] = []
    for message in peek(limit: .max) where message.receiveCount == 0 {
      let availableAt = message.sentAt + Int64(attributes.delaySeconds) * 1_000
      if availableAt > now {
        move(message.slot, to: .delayed, availableAt: availableAt)
      } else if message.state == .delayed, let group = makeAvailable(message.slot) {
        groups.settle(group, in: store)
      } else {
        continue
      }
      if let message = store.message(at: message.slot) { changed.append(message) }
    }
    return changed
  }

  // MARK: Time

  /// Brings back what is due and drops what is too old.
  mutating func advance(to now: Int64) {
    // Groups have their turns in the order in which their first messages came back, all of them being back.
    var back: [String] = []
    while let (at, reference) = due.first, at <= now {
      due.removeFirst()
      guard store.isCurrent(reference), let group = makeAvailable(reference.slot) else { continue }
      if back.last != group { back.append(group) }
    }
    for group in back { groups.settle(group, in: store) }
    let retention = Int64(attributes.retentionSeconds) * 1_000
    while let (sentAt, reference) = ages.first, sentAt + retention <= now {
      ages.removeFirst()
      if store.holds(reference) { remove(reference.slot) }
    }
  }

  /// The next moment at which a message becomes available by itself.
  mutating func nextDue() -> Int64? {
    while let (at, reference) = due.first {
      if store.isCurrent(reference) { return at }
      due.removeFirst()
    }
    return nil
  }

  /// When the oldest message was sent.
  mutating func oldestSentAt() -> Int64? {
    while let (sentAt, reference) = ages.first {
      if store.holds(reference) { return sentAt }
      ages.removeFirst()
    }
    return nil
  }

  // MARK: Sending

  /// The message that a deduplication key stands for, when one was sent in the last five minutes.
  mutating func original(_ key: String, now: Int64) -> Deduplication.Original? {
    deduplication.original(key, now: now)
  }

  /// Remembers a message's deduplication key.
  mutating func remember(_ original: Deduplication.Original, key: String, sentAt: Int64) {
    deduplication.remember(original, as: key, sentAt: sentAt)
  }

  /// Adds a message; it is delayed when it is available later than now. Returns it with its number and place.
  @discardableResult
  mutating func add(_ message: Message, now: Int64) -> Message {
    var message = message
    lastSequence += 1
    message.sequence = lastSequence
    message.state = message.availableAt > now ? .delayed : .available
    message.turn = 0
    message = store.insert(message)
    index(message)
    return message
  }

  // MARK: Receiving

  /// Takes up to `limit` messages for a consumer, and hides them.
  ///
  /// - Parameters:
  ///   - maximumReceives: what has been received this often becomes a dead letter instead.
  ///   - attemptID: names the receive: within five minutes the same id gets the same messages, hidden from now on,
  ///     unless something has become of one of them in the meantime.
  mutating func receive(
    limit: Int, visibilitySeconds: Int, maximumReceives: Int?, attemptID: String? = nil, now: Int64
  ) -> Reception {
    let until = now + Int64(visibilitySeconds) * 1_000
    if let attemptID, let again = receive(again: attemptID, until: until, now: now) { return again }
    var reception = Reception()
    while reception.deliveries.count < limit, counts.inFlight < SQSLimits.messagesInFlight {
      guard let slot = nextAvailable() else { break }
      if let maximumReceives, let message = store.message(at: slot), message.receiveCount >= maximumReceives {
        if let dead = remove(slot) { reception.deadLetters.append(dead) }
        continue
      }
      guard let message = hide(slot, until: until, now: now) else { continue }
      reception.deliveries.append(delivery(of: message))
    }
    if attributes.isFIFO { groups.putBack(in: store) }
    if let attemptID {
      attempts.remember(attemptID, reception.deliveries.map { reference(to: $0.message) }, now: now)
    }
    return reception
  }

  /// What an earlier receive of the same name got, when all of it is as that receive left it.
  private mutating func receive(again attemptID: String, until: Int64, now: Int64) -> Reception? {
    guard let earlier = attempts.messages(of: attemptID, now: now), earlier.allSatisfy({ store.isCurrent($0) }) else {
      return nil
    }
    var deliveries: [Delivery] = []
    for reference in earlier {
      move(reference.slot, to: .inFlight, availableAt: until) { $0.receivedAt = now }
      if let message = store.message(at: reference.slot) { deliveries.append(delivery(of: message)) }
    }
    attempts.remember(attemptID, deliveries.map { self.reference(to: $0.message) }, now: now)
    return Reception(deliveries: deliveries)
  }

  private func delivery(of message: Message) -> Delivery {
    Delivery(
      message: message,
      handle: ReceiptHandle(
        queueTag: tag, sequence: message.sequence, slot: message.slot, receive: message.receiveCount))
  }

  /// The message that ``takeNext()`` would take.
  var next: Message? {
    mutating get {
      guard attributes.isFIFO else { return ready.next(in: store) }
      return groups.next(in: store)
    }
  }

  /// Takes the next available message out of the queue, without receiving it.
  mutating func takeNext() -> Message? {
    guard let slot = nextAvailable() else { return nil }
    let message = remove(slot)
    if attributes.isFIFO { groups.putBack(in: store) }
    return message
  }

  /// The slot of the next message that may be received.
  private mutating func nextAvailable() -> UInt32? {
    attributes.isFIFO ? groups.takeNext(in: store)?.slot : ready.popNext(in: store)?.slot
  }

  private mutating func hide(_ slot: UInt32, until availableAt: Int64, now: Int64) -> Message? {
    move(slot, to: .inFlight, availableAt: availableAt) { message in
      message.receiveCount += 1
      message.firstReceivedAt = message.firstReceivedAt ?? now
      message.receivedAt = now
    }
    return store.message(at: slot)
  }

  // MARK: What a consumer does with a message

  /// Deletes the message of a handle; nil when it was gone already.
  mutating func delete(_ text: String) throws(SQSError) -> Message? {
    let handle = try parse(text)
    guard let message = store.message(sequence: handle.sequence, slot: handle.slot) else { return nil }
    if attributes.isFIFO, message.state != .inFlight || message.receiveCount != handle.receive {
      throw .expired(text)
    }
    return remove(handle.slot)
  }

  /// Hides the message of a handle for so many seconds from now, but no longer than it may be since it was received;
  /// with 0 it is available again.
  @discardableResult
  mutating func changeVisibility(_ text: String, seconds: Int, now: Int64) throws(SQSError) -> Message {
    let handle = try parse(text)
    guard let message = store.message(sequence: handle.sequence, slot: handle.slot) else { throw .notHidden(text) }
    if attributes.isFIFO, message.state != .inFlight || message.receiveCount != handle.receive { throw .expired(text) }
    // In a standard queue any handle that the message ever had will do, even if it is visible again by now.
    if seconds > 0 {
      // In whole seconds: who hides it for as long as it may be at once has not gone beyond that.
      let hidden = message.receivedAt == 0 ? 0 : Int((now - message.receivedAt) / 1_000)
      guard hidden + seconds <= SQSLimits.visibilitySeconds.upperBound else { throw .hiddenTooLong(seconds) }
      move(handle.slot, to: .inFlight, availableAt: now + Int64(seconds) * 1_000)
    } else if message.state == .inFlight, let group = makeAvailable(handle.slot) {
      groups.settle(group, in: store)
    }
    return store.message(at: handle.slot) ?? message
  }

  /// Takes a receive back, as if it had not been: for a message that its consumer did not look at.
  mutating func giveBack(_ handle: ReceiptHandle) -> Message? {
    guard handle.queueTag == tag, let message = store.message(sequence: handle.sequence, slot: handle.slot),
      message.state == .inFlight, message.receiveCount == handle.receive
    else { return nil }
    store.update(handle.slot) { message in
      message.receiveCount -= 1
      message.receivedAt = 0
      if message.receiveCount == 0 { message.firstReceivedAt = nil }
    }
    if let group = makeAvailable(handle.slot, first: true) { groups.settle(group, in: store) }
    return store.message(at: handle.slot)
  }

  /// Deletes all messages.
  mutating func purge() {
    store = MessageStore()
    ready = FairTurns()
    groups = MessageGroups()
    due.removeAll()
    ages.removeAll()
    counts = Counts()
    deduplication = Deduplication(byGroup: attributes.deduplicatesByGroup)
    attempts = ReceiveAttempts()
  }

  // MARK: Looking, and restoring

  /// The oldest messages by their numbers, in any state; costs a look at every message.
  func peek(limit: Int) -> [Message] {
    Array(store.all.sorted { $0.sequence < $1.sequence }.prefix(limit))
  }

  /// How many places for messages there are; each holds one or none.
  var slots: Int { store.slotCount }

  func message(at slot: Int) -> Message? { store.message(at: UInt32(slot)) }

  /// About what the messages take in a log.
  var logBytes: Int { store.all.reduce(0) { $0 + $1.body.utf8.count + 100 } }

  /// Fills an empty queue with messages that it held earlier.
  mutating func restore(_ messages: [Message]) {
    store.restore(messages)
    let order = messages.map { (sequence: $0.sequence, slot: $0.slot) }.sorted { $0.sequence < $1.sequence }
    for (_, slot) in order {
      guard let message = store.message(at: slot) else { continue }
      lastSequence = max(lastSequence, message.sequence)
      index(message)
    }
  }

  // MARK: Indices

  private func parse(_ text: String) throws(SQSError) -> ReceiptHandle {
    guard let handle = ReceiptHandle(text), handle.queueTag == tag else { throw .noHandle(text) }
    return handle
  }

  private func reference(to message: Message) -> MessageReference {
    MessageReference(sequence: message.sequence, slot: message.slot, turn: message.turn)
  }

  /// Enters a new message into all indices.
  private mutating func index(_ message: Message) {
    let reference = reference(to: message)
    counts[message.state] += 1
    ages.push(reference, due: message.sentAt)
    ages.compact(live: store.count) { [store] in store.holds($0) }
    if message.state == .available {
      if !attributes.isFIFO { appendReady(reference, group: message.details?.groupID) }
    } else {
      pushDue(reference, at: message.availableAt)
    }
    if attributes.isFIFO, let group = message.details?.groupID {
      groups.append(reference, group: group, in: store)
    }
  }

  /// - Returns: the message's group, in a FIFO queue, which is to be settled.
  private mutating func makeAvailable(_ slot: UInt32, first: Bool = false) -> String? {
    guard let before = store.message(at: slot) else { return nil }
    move(slot, to: .available, availableAt: before.availableAt)
    guard let message = store.message(at: slot) else { return nil }
    let reference = reference(to: message)
    guard attributes.isFIFO, let group = message.details?.groupID else {
      if first {
        ready.prepend(reference, group: message.details?.groupID)
      } else {
        appendReady(reference, group: message.details?.groupID)
      }
      return nil
    }
    return group
  }

  /// Changes a message's state; entries of it in the indices are stale from here on.
  private mutating func move(
    _ slot: UInt32, to state: Message.State, availableAt: Int64, change: (inout Message) -> Void = { _ in }
  ) {
    guard let before = store.message(at: slot) else { return }
    counts[before.state] -= 1
    counts[state] += 1
    store.update(slot) { message in
      message.state = state
      message.availableAt = availableAt
      message.turn += 1
      change(&message)
    }
    guard state != .available, let message = store.message(at: slot) else { return }
    pushDue(reference(to: message), at: availableAt)
  }

  @discardableResult
  private mutating func remove(_ slot: UInt32) -> Message? {
    guard let message = store.remove(at: slot) else { return nil }
    counts[message.state] -= 1
    if attributes.isFIFO, let group = message.details?.groupID { groups.settle(group, in: store) }
    return message
  }

  private mutating func pushDue(_ reference: MessageReference, at due: Int64) {
    self.due.push(reference, due: due)
    self.due.compact(live: counts.delayed + counts.inFlight) { [store] in store.isCurrent($0) }
  }

  private mutating func appendReady(_ reference: MessageReference, group: String?) {
    ready.append(reference, group: group)
    ready.compact(live: counts.available, in: store)
  }
}
