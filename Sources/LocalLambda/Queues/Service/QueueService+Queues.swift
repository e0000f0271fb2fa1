extension QueueService {
  /// Makes the queue, or gives an existing one these attributes and tags; returns its ARN.
  ///
  /// A dead-letter queue may be declared before or after the queue that names it.
  @discardableResult
  public func declare(_ configuration: QueueConfiguration) throws(SQSError) -> String {
    try QueueAttributes.refuseTwoEncryptions(configuration.attributes)
    let attributes = try QueueAttributes(configuration.attributes)
    try QueueName.validate(configuration.name, isFIFO: attributes.isFIFO)
    let address = QueueAddress(configuration.name, in: ownScope)
    if let live = queues[address] {
      try change(live, attributes: configuration.attributes)
      setTags(configuration.tags, of: live)
    } else {
      add(address, attributes: attributes, tags: configuration.tags)
    }
    return address.arn
  }

  /// The queue that a caller names.
  func queue(at locator: QueueLocator) throws(SQSError) -> LiveQueue {
    let (first, second) = locator.candidates(defaultRegion: region)
    guard let live = queues[first] ?? second.flatMap({ queues[$0] }) else { throw .noQueue }
    live.queue.advance(to: now)
    return live
  }

  /// A queue of the service's own region and account, by its name.
  func queue(named name: String) throws(SQSError) -> LiveQueue {
    guard let live = queues[QueueAddress(name, in: ownScope)] else { throw .noQueue }
    live.queue.advance(to: now)
    return live
  }

  /// Makes a queue.
  func add(_ address: QueueAddress, attributes: QueueAttributes, tags: [String: String]) {
    let queue = Queue(
      address: address, attributes: attributes, tags: tags, tag: UInt64.random(in: .min ... .max), createdAt: now)
    queues[address] = LiveQueue(queue)
    log(.queue(QueueDescription(queue)))
  }

  /// Changes attributes: all of them, or none when one is refused.
  func change(_ live: LiveQueue, attributes: [String: String]) throws(SQSError) {
    let now = now
    live.queue.advance(to: now)
    let moved = try live.queue.set(attributes, now: now)
    live.queue.modifiedAt = now
    live.queue.advance(to: now)
    log(.queue(QueueDescription(live.queue)))
    for message in moved { logState(of: message, in: live) }
    serve(live)
  }

  func setTags(_ tags: [String: String], of live: LiveQueue) {
    live.queue.tags = tags
    log(.queue(QueueDescription(live.queue)))
  }

  /// Deletes a queue with its messages, and ends its polls.
  func remove(_ live: LiveQueue) {
    let now = now
    queues[live.queue.address] = nil
    moveTasks[live.queue.address] = nil
    if isStrict {
      deletions = deletions.filter { now < $0.value + Self.coolDown }
      deletions[live.queue.address] = now
    }
    log(.queueDeleted(tag: live.queue.tag))
    for id in live.polls { end(id, with: .failure(.noQueue)) }
  }

  func purge(_ live: LiveQueue) throws(SQSError) {
    let now = now
    if isStrict, let purgedAt = live.purgedAt, now < purgedAt + Self.coolDown {
      throw SQSError(
        .purgeQueueInProgress, "Only one PurgeQueue operation on \(live.queue.name) is allowed every 60 seconds.")
    }
    live.purgedAt = now
    live.queue.purge()
    log(.queuePurged(tag: live.queue.tag))
  }

  /// In strict mode the name of a deleted queue is not free at once.
  func checkCoolDown(of address: QueueAddress) throws(SQSError) {
    guard isStrict, let deletedAt = deletions[address], now < deletedAt + Self.coolDown else { return }
    throw SQSError(
      .queueDeletedRecently,
      "You must wait 60 seconds after deleting a queue before you can create another with the same name.")
  }

  private static let coolDown = Int64(SQSLimits.coolDownSeconds) * 1_000

  /// The dead-letter queue has to be there, of the same type, and to allow the queue at `source` to name it.
  func checkDeadLetterQueue(of attributes: QueueAttributes, source: QueueAddress) throws(SQSError) {
    guard let redrive = attributes.redrive else { return }
    func invalid(_ reason: String) -> SQSError {
      let text = attributes.text["RedrivePolicy"] ?? ""
      return SQSError(
        .invalidParameterValue, "Value \(text) for parameter RedrivePolicy is invalid. Reason: \(reason)")
    }
    guard let target = queues[redrive.deadLetterQueue] else { throw invalid("Dead letter target does not exist.") }
    guard target.queue.attributes.isFIFO == attributes.isFIFO else {
      throw invalid("Dead letter queue must be of the same type as the source queue.")
    }
    guard target.queue.attributes.redriveAllowance.allows(source) else {
      throw invalid("The dead letter target's redrive allow policy does not permit this source queue.")
    }
  }
}

extension SQSError {
  static let noQueue = SQSError(.queueDoesNotExist, "The specified queue does not exist.")
}
