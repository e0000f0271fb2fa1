extension QueueService {
  /// Makes the queue, or gives an existing one these attributes and tags; returns its ARN.
  ///
  /// A dead-letter queue may be declared before or after the queue that names it.
  @discardableResult
  public func declare(_ configuration: QueueConfiguration) throws(SQSError) -> String {
    let attributes = try QueueAttributes(configuration.attributes)
    try QueueName.validate(configuration.name, isFIFO: attributes.isFIFO)
    if let live = queues[configuration.name] {
      try change(live, attributes: configuration.attributes)
      setTags(configuration.tags, of: live)
    } else {
      add(configuration.name, attributes: attributes, tags: configuration.tags)
    }
    return arn(ofQueue: configuration.name)
  }

  /// The queue of a URL of any host, or of a bare name.
  func queue(at url: String) throws(SQSError) -> LiveQueue {
    guard let live = queues[QueueName.name(fromURL: url)] else {
      throw SQSError(.queueDoesNotExist, "The specified queue does not exist.")
    }
    live.queue.advance(to: now)
    return live
  }

  /// Makes a queue.
  func add(_ name: String, attributes: QueueAttributes, tags: [String: String]) {
    var generator = SystemRandomNumberGenerator()
    let queue = Queue(name: name, attributes: attributes, tags: tags, tag: generator.next(), createdAt: now)
    queues[name] = LiveQueue(queue)
    log(.queue(QueueDescription(queue)))
  }

  /// Changes attributes: all of them, or none when one is refused.
  func change(_ live: LiveQueue, attributes: [String: String]) throws(SQSError) {
    live.queue.advance(to: now)
    try live.queue.attributes.set(attributes)
    live.queue.modifiedAt = now
    live.queue.advance(to: now)
    log(.queue(QueueDescription(live.queue)))
  }

  func setTags(_ tags: [String: String], of live: LiveQueue) {
    live.queue.tags = tags
    log(.queue(QueueDescription(live.queue)))
  }

  /// Deletes a queue with its messages, and ends its polls.
  func remove(_ live: LiveQueue) {
    queues[live.queue.name] = nil
    log(.queueDeleted(tag: live.queue.tag))
    for id in live.polls {
      end(id, with: .failure(SQSError(.queueDoesNotExist, "The specified queue does not exist.")))
    }
  }

  func purge(_ live: LiveQueue) {
    live.queue.purge()
    log(.queuePurged(tag: live.queue.tag))
  }

  /// The dead-letter queue has to be there, and of the same type.
  func checkDeadLetterQueue(of attributes: QueueAttributes) throws(SQSError) {
    guard let redrive = attributes.redrive else { return }
    func invalid(_ reason: String) -> SQSError {
      let text = attributes.text["RedrivePolicy"] ?? ""
      return SQSError(
        .invalidParameterValue, "Value \(text) for parameter RedrivePolicy is invalid. Reason: \(reason)")
    }
    guard let target = queues[redrive.deadLetterQueueName] else { throw invalid("Dead letter target does not exist.") }
    guard target.queue.attributes.isFIFO == attributes.isFIFO else {
      throw invalid("Dead letter queue must be of the same type as the source queue.")
    }
  }
}
