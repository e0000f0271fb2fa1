/// Puts the queues together again from the records of a log.
struct QueueReplay {
  private struct Replayed {
    var description: QueueDescription
    var slots: [Message?] = []
    var lastSequence: UInt64
    var deduplication: [(key: String, original: Deduplication.Original, sentAt: Int64)] = []
  }

  private var queues: [UInt64: Replayed] = [:]
  /// In the order of their start.
  private var tasks: [MoveTask] = []

  mutating func apply(_ record: QueueRecord) {
    switch record {
    case .queue(let description):
      dropExpired(before: description)
      var replayed =
        queues.removeValue(forKey: description.tag)
        ?? Replayed(description: description, lastSequence: description.lastSequence)
      replayed.description = description
      queues[description.tag] = replayed
    case .queueDeleted(let tag):
      guard let deleted = queues.removeValue(forKey: tag) else { return }
      // A new queue of that name has no part in them.
      tasks.removeAll { $0.source == deleted.description.address }
    case .queuePurged(let tag):
      queues[tag]?.slots = []
      queues[tag]?.deduplication = []
    case .message(let tag, let message):
      let end = Int(message.slot) + 1
      let missing = end - (queues[tag]?.slots.count ?? end)
      if missing > 0 { queues[tag]?.slots.append(contentsOf: repeatElement(nil, count: missing)) }
      queues[tag]?.slots[Int(message.slot)] = message
      let last = queues[tag]?.lastSequence ?? 0
      queues[tag]?.lastSequence = max(last, message.sequence)
    case .messageState(let tag, let slot, let sequence, let status):
      guard holds(tag, slot, sequence) else { return }
      queues[tag]?.slots[Int(slot)]?.status = status
    case .messageDeleted(let tag, let slot, let sequence):
      guard holds(tag, slot, sequence) else { return }
      queues[tag]?.slots[Int(slot)] = nil
    case .deduplication(let tag, let key, let original, let sentAt):
      queues[tag]?.deduplication.append((key, original, sentAt))
    case .moveTask(let task):
      if let index = tasks.firstIndex(where: { $0.id == task.id }) { tasks[index] = task } else { tasks.append(task) }
    }
  }

  /// The queues as they are now.
  func result() throws(SQSError) -> [Queue] {
    var result: [Queue] = []
    for replayed in queues.values {
      let description = replayed.description
      var queue = Queue(
        address: description.address, attributes: try QueueAttributes(description.attributes), tags: description.tags,
        tag: description.tag, createdAt: description.createdAt, lastSequence: replayed.lastSequence)
      queue.modifiedAt = description.modifiedAt
      queue.restore(replayed.slots.compactMap(\.self))
      // Those of a log that was written anew are not in their order.
      let remembered = replayed.deduplication.sorted { $0.original.sequence < $1.original.sequence }
      for (key, original, sentAt) in remembered { queue.remember(original, key: key, sentAt: sentAt) }
      result.append(queue)
    }
    return result
  }

  /// The tasks of the queues that are there, the latest of each at the end.
  var moveTasks: [MoveTask] {
    let sources = Set(queues.values.map(\.description.address))
    return Dictionary(grouping: tasks.filter { sources.contains($0.source) }, by: \.source).values
      .flatMap { $0.suffix(SQSLimits.moveTasks.upperBound) }
  }

  private func holds(_ tag: UInt64, _ slot: UInt32, _ sequence: UInt64) -> Bool {
    guard let slots = queues[tag]?.slots, slot < slots.count else { return false }
    return slots[Int(slot)]?.sequence == sequence
  }

  /// What was too old before a queue's retention period was changed does not come back with a longer one.
  private mutating func dropExpired(before change: QueueDescription) {
    guard let before = queues[change.tag], before.description.attributes != change.attributes,
      let retention = try? QueueAttributes(before.description.attributes).retentionSeconds
    else { return }
    let oldest = change.modifiedAt - Int64(retention) * 1_000
    queues[change.tag]?.slots = before.slots.map { message in
      message.flatMap { $0.sentAt <= oldest ? nil : $0 }
    }
  }
}
