extension QueueService {
  /// Stores a message; a poll that waits gets it at once.
  func add(_ message: Message, to live: LiveQueue) {
    live.queue.add(message, now: now)
    serve(live)
  }

  /// Stores a message of a FIFO queue, unless one with its deduplication id was sent in the last five minutes.
  func addOnce(_ message: Message, to live: LiveQueue) -> Deduplication.Original {
    let group = message.details?.groupID ?? ""
    let id = message.details?.deduplicationID ?? ""
    if let original = live.queue.original(id, group: group, now: now) { return original }
    let stored = live.queue.add(message, now: now).message
    let original = Deduplication.Original(id: stored.id, sequence: stored.sequence)
    let key = Deduplication.key(id, group: group, byGroup: live.queue.attributes.deduplicatesByGroup)
    live.queue.remember(original, key: key, sentAt: message.sentAt)
    serve(live)
    return original
  }

  /// Deletes the message of a receipt handle; one that is gone already is no error.
  func delete(_ handle: String, from live: LiveQueue) throws(SQSError) {
    guard try live.queue.delete(handle) != nil else { return }
    serve(live)
  }

  /// Hides the message of a receipt handle for so many seconds from now.
  func changeVisibility(_ handle: String, seconds: Int, in live: LiveQueue) throws(SQSError) {
    try live.queue.changeVisibility(handle, seconds: seconds, now: now)
    serve(live)
  }

  /// Takes messages for a consumer; those that were received too often go to the dead-letter queue.
  func take(limit: Int, visibilitySeconds: Int, from live: LiveQueue) -> [Queue.Delivery] {
    let redrive = live.queue.attributes.redrive
    let target = redrive.flatMap { queues[$0.deadLetterQueueName] }
    let now = now
    let reception = live.queue.receive(
      limit: limit, visibilitySeconds: visibilitySeconds,
      maximumReceives: target == nil ? nil : redrive?.maxReceiveCount, now: now)
    if let target, !reception.deadLetters.isEmpty {
      for message in reception.deadLetters { bury(message, from: live, in: target, now: now) }
      serve(target)
    }
    return reception.deliveries
  }

  /// Moves a message to the dead-letter queue, where it has not been received yet.
  private func bury(_ message: Message, from live: LiveQueue, in target: LiveQueue, now: Int64) {
    let source = arn(ofQueue: live.queue.name)
    move(message, to: target, details: (message.details ?? MessageDetails()).with(deadLetterSource: source), now: now)
  }

  /// Moves messages of a dead-letter queue back to the queues they came from, or to one other queue.
  ///
  /// - Returns: how many were moved.
  func redrive(_ live: LiveQueue, to destination: LiveQueue?, limit: Int) -> Int {
    let now = now
    live.queue.advance(to: now)
    var moved = 0
    var stays: [Message] = []
    // No more than there are now: with itself as destination it would never end.
    for _ in 0..<min(limit, live.queue.counts.available) {
      guard let message = live.queue.takeNext() else { break }
      let source = message.details?.deadLetterSource.flatMap { queues[QueueName.name(fromARN: $0)] }
      guard let target = destination ?? source else {
        stays.append(message)
        continue
      }
      move(message, to: target, details: message.details?.with(deadLetterSource: nil), now: now)
      serve(target)
      moved += 1
    }
    for message in stays { move(message, to: live, details: message.details, now: now) }
    return moved
  }

  /// A message as new in another queue: same id, same body, not received yet.
  private func move(_ message: Message, to target: LiveQueue, details: MessageDetails?, now: Int64) {
    // A FIFO queue counts retention from the move on.
    let sentAt = target.queue.attributes.isFIFO ? now : message.sentAt
    target.queue.add(
      Message(
        id: message.id, body: message.body, bodyDigest: message.bodyDigest, sentAt: sentAt, availableAt: now,
        details: details), now: now)
  }
}
