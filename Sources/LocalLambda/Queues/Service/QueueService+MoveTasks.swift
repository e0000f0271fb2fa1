import NIOCore

extension QueueService {
  /// Starts to move the messages of a dead-letter queue.
  func start(
    from source: QueueAddress, to destination: QueueAddress?, rate: Int?
  ) throws(SQSError) -> MoveTask {
    guard let live = queues[source] else { throw .noResource("SourceArn") }
    live.queue.advance(to: now)
    guard queues.values.contains(where: { $0.queue.attributes.redrive?.deadLetterQueue == source }) else {
      throw SQSError(.invalidParameterValue, "Source queue must be configured as a Dead Letter Queue.")
    }
    if let destination {
      guard let target = queues[destination] else { throw .noResource("DestinationArn") }
      guard destination != source, target.queue.attributes.isFIFO == live.queue.attributes.isFIFO else {
        throw SQSError(
          .invalidParameterValue,
          "The destination has to be another queue than the source, and of the same type.")
      }
    }
    guard moveTasks[source]?.contains(where: { $0.status == .running }) != true else {
      throw SQSError(
        .invalidParameterValue,
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.")
    }
    let task = MoveTask(
      id: MessageID.random(using: &random), source: source, destination: destination, rate: rate, startedAt: now,
      toMove: live.queue.counts.available)
    moveTasks[source, default: []].append(task)
    if let count = moveTasks[source]?.count, count > SQSLimits.moveTasks.upperBound {
      moveTasks[source]?.removeFirst(count - SQSLimits.moveTasks.upperBound)
    }
    log(.moveTask(task))
    resume(task)
    return task
  }

  /// Stops a task; what it moved stays moved.
  func cancel(_ id: MessageID, from source: QueueAddress) throws(SQSError) -> MoveTask {
    guard queues[source] != nil else { throw .noResource("SourceArn") }
    guard var task = moveTask(id, from: source), task.status == .running else {
      throw SQSError(.resourceNotFound, "Task does not exist.")
    }
    task.status = .cancelled
    save(task)
    return task
  }

  /// Goes on with a running task, in another turn of the event loop.
  func resume(_ task: MoveTask) {
    let pace = MovePace(id: task.id, source: task.source, start: max(now, task.startedAt), movedBefore: task.moved)
    eventLoop.execute { self.assumeIsolated { $0.step(pace) } }
  }

  private func step(_ pace: MovePace) {
    guard !isShutDown, var task = moveTask(pace.id, from: pace.source), task.status == .running else { return }
    let now = now
    let allowance = task.allowance(since: pace.start, movedBefore: pace.movedBefore, now: now)
    var served: [QueueAddress: LiveQueue] = [:]
    if let live = queues[task.source] {
      live.queue.advance(to: now)
      move(upTo: allowance, of: live, for: &task, into: &served, now: now)
    } else {
      task.fail(with: .noQueue)
    }
    save(task)
    for target in served.values { serve(target) }
    guard task.status == .running else { return }
    let wait = task.nextMove(since: pace.start, movedBefore: pace.movedBefore) - now
    if wait > 0 {
      _ = eventLoop.scheduleTask(in: .milliseconds(wait)) { self.assumeIsolated { $0.step(pace) } }
    } else {
      eventLoop.execute { self.assumeIsolated { $0.step(pace) } }
    }
  }

  private func move(
    upTo limit: Int, of live: LiveQueue, for task: inout MoveTask, into served: inout [QueueAddress: LiveQueue],
    now: Int64
  ) {
    for _ in 0..<limit {
      // Looked at before it is taken: a queue that is gone must not cost a message.
      guard let next = live.queue.next else { break }
      guard let address = task.destination ?? next.details?.deadLetterSource.flatMap(QueueAddress.init(arn:)) else {
        return task.fail(with: .noSource)
      }
      guard let target = queues[address] else { return task.fail(with: .noQueue) }
      guard let message = live.queue.takeNext() else { break }
      // AWS makes a new message of it.
      move(
        message, from: live, to: target, as: MessageID.random(using: &random), sentAt: now,
        details: message.details?.with(deadLetterSource: nil), now: now)
      served[address] = target
      task.moved += 1
    }
    if task.moved >= task.toMove || live.queue.next == nil { task.status = .completed }
  }

  private func moveTask(_ id: MessageID, from source: QueueAddress) -> MoveTask? {
    moveTasks[source]?.first { $0.id == id }
  }

  private func save(_ task: MoveTask) {
    guard let index = moveTasks[task.source]?.firstIndex(where: { $0.id == task.id }),
      moveTasks[task.source]?[index] != task
    else { return }
    moveTasks[task.source]?[index] = task
    log(.moveTask(task))
  }
}

/// Since when a task has been going on in this process.
private struct MovePace: Sendable {
  let id: MessageID
  let source: QueueAddress
  let start: Int64
  let movedBefore: Int
}

extension MoveTask {
  fileprivate mutating func fail(with error: SQSError) {
    status = .failed
    failure = error.code.query
  }
}

extension SQSError {
  fileprivate static func noResource(_ parameter: String) -> SQSError {
    SQSError(
      .resourceNotFound, "The resource that you specified for the \(parameter) parameter doesn't exist.")
  }

  fileprivate static let noSource = SQSError(
    Code("CouldNotDetermineMessageSource"), "The message does not say which queue it came from.")
}
