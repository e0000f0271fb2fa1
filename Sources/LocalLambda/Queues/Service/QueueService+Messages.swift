extension QueueService {
  /// Stores a message that is sent now; a poll that waits gets it at once.
  func add(_ message: Message, to live: LiveQueue) {
    let stored = live.queue.add(message, now: message.sentAt)
    log(.message(tag: live.queue.tag, stored))
    serve(live)
  }

  /// Stores a message of a FIFO queue that is sent now, unless one with its deduplication id was sent in the last five
  /// minutes.
  func addOnce(_ message: Message, to live: LiveQueue) -> Deduplication.Original {
    let key = Deduplication.key(message.details?.deduplicationID ?? "", group: message.details?.groupID ?? "")
    if let original = live.queue.original(key, now: message.sentAt) { return original }
    let stored = live.queue.add(message, now: message.sentAt)
    log(.message(tag: live.queue.tag, stored))
    let original = Deduplication.Original(id: stored.id, sequence: stored.sequence)
    live.queue.remember(original, key: key, sentAt: message.sentAt)
    log(.deduplication(tag: live.queue.tag, key: key, original, sentAt: message.sentAt))
    serve(live)
    return original
  }

  /// Deletes the message of a receipt handle; one that is gone already is no error.
  func delete(_ handle: String, from live: LiveQueue) throws(SQSError) {
    guard let message = try live.queue.delete(handle) else { return }
    logDeleted(message, from: live)
    serve(live)
  }

  /// Hides the message of a receipt handle for so many seconds from now.
  func changeVisibility(_ handle: String, seconds: Int, in live: LiveQueue) throws(SQSError) {
    let message = try live.queue.changeVisibility(handle, seconds: seconds, now: now)
    logState(of: message, in: live)
    serve(live)
  }

  /// Takes receives back, as if they had not been.
  func giveBack(_ handles: [ReceiptHandle], to live: LiveQueue) {
    for handle in handles.reversed() {
      if let message = live.queue.giveBack(handle) { logState(of: message, in: live) }
    }
    serve(live)
  }

  /// Takes messages for a consumer; those that were received too often go to the dead-letter queue.
  func take(_ request: ReceiveRequest, from live: LiveQueue) -> [Queue.Delivery] {
    let redrive = live.queue.attributes.redrive
    let target = redrive.flatMap { queues[$0.deadLetterQueue] }
    let now = now
    let reception = live.queue.receive(
      limit: request.limit, visibilitySeconds: request.visibilitySeconds,
      maximumReceives: target == nil ? nil : redrive?.maxReceiveCount, attemptID: request.attemptID, now: now)
    for delivery in reception.deliveries { logState(of: delivery.message, in: live) }
    if let target, !reception.deadLetters.isEmpty {
      for message in reception.deadLetters { bury(message, from: live, in: target, now: now) }
      serve(target)
    }
    return reception.deliveries
  }

  /// Moves a message to the dead-letter queue, where it has not been received yet.
  private func bury(_ message: Message, from live: LiveQueue, in target: LiveQueue, now: Int64) {
    let details = message.details ?? MessageDetails()
    let dead = details.with(
      deadLetterSource: live.queue.address.arn, receivedBefore: details.receivedBefore + message.receiveCount)
    // A FIFO queue counts retention from the move on.
    let sentAt = target.queue.attributes.isFIFO ? now : message.sentAt
    move(message, from: live, to: target, as: message.id, sentAt: sentAt, details: dead, now: now)
  }

  /// A message in another queue, where it has not been received yet.
  func move(
    _ message: Message, from live: LiveQueue, to target: LiveQueue, as id: MessageID, sentAt: Int64,
    details: MessageDetails?, now: Int64
  ) {
    let moved = Message(
      id: id, body: message.body, bodyDigest: message.bodyDigest, sentAt: sentAt, availableAt: now,
      details: details)
    let stored = target.queue.add(moved, now: now)
    log(.message(tag: target.queue.tag, stored))
    logDeleted(message, from: live)
  }

  private func logDeleted(_ message: Message, from live: LiveQueue) {
    log(.messageDeleted(tag: live.queue.tag, slot: message.slot, sequence: message.sequence))
  }

  func logState(of message: Message, in live: LiveQueue) {
    log(
      .messageState(
        tag: live.queue.tag, slot: message.slot, sequence: message.sequence, message.status))
  }
}
