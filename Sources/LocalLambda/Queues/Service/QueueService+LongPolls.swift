import NIOCore

extension QueueService {
  /// A new id for a receive that may have to wait.
  func newPoll() -> LongPoll.ID {
    lastPoll += 1
    return lastPoll
  }

  /// Receives messages: at once when there are some or nothing is to be waited for, else when one arrives, becomes
  /// available or time is up.
  ///
  /// - Parameter poll: what ``cancel(_:)`` knows the receive by, when its caller goes away before it is completed.
  func receive(
    _ request: ReceiveRequest, as poll: LongPoll.ID, from live: LiveQueue, completion: @escaping LongPoll.Completion
  ) {
    let deliveries = take(request, from: live)
    let isFull = live.queue.counts.inFlight >= SQSLimits.messagesInFlight
    if deliveries.isEmpty, request.waitMilliseconds <= 0, isFull {
      completion(.failure(SQSError(.overLimit, "Too many messages in flight: \(live.queue.counts.inFlight).")))
      return
    }
    guard deliveries.isEmpty, request.waitMilliseconds > 0, !isShutDown else {
      completion(.success(deliveries))
      return
    }
    let deadline = now + request.waitMilliseconds
    polls[poll] = LongPoll(queue: live, request: request, deadline: deadline, completion: completion)
    live.polls.append(poll)
    live.waitingPolls += 1
    if live.polls.count > 2 * live.waitingPolls + 64 { live.polls = CircularBuffer(live.polls.filter(isWaiting)) }
    deadlines.push(poll, due: deadline)
    deadlines.compact(live: polls.count) { [polls] in polls[$0] != nil }
    planWakeUp(of: live)
    setTimer()
  }

  /// Gives up a poll whose caller is gone: it takes no message any more, and gives back what it did not get to see.
  func cancel(_ poll: LongPoll.ID) {
    _ = forget(poll)
    if let (address, handles) = delivering.removeValue(forKey: poll), let live = queues[address] {
      giveBack(handles, to: live)
    }
  }

  /// Answers a receive once it is in the log, unless its caller goes away before.
  func deliver(_ output: ReceiveMessage.Output, as poll: LongPoll.ID, respond: @escaping @Sendable () -> Void) {
    guard storage != nil, !output.deliveries.isEmpty else { return respond() }
    delivering[poll] = (output.queue, output.deliveries.map(\.handle))
    whenDurable(.written) { _ in
      self.assumeIsolated { service in
        if service.delivering.removeValue(forKey: poll) != nil { respond() }
      }
    }
  }

  /// Hands available messages to the polls that wait for them.
  func serve(_ live: LiveQueue) {
    guard live.waitingPolls > 0 else { return }
    live.queue.advance(to: now)
    while live.queue.counts.available > 0, let id = live.polls.first {
      guard let poll = polls[id] else {
        live.polls.removeFirst()
        continue
      }
      let deliveries = take(poll.request, from: live)
      // None: what there is belongs to locked groups, or went to the dead-letter queue.
      if deliveries.isEmpty { break }
      end(id, with: .success(deliveries))
    }
    planWakeUp(of: live)
    setTimer()
  }

  /// Completes a poll.
  func end(_ id: LongPoll.ID, with result: Result<[Queue.Delivery], SQSError>) {
    forget(id)?.completion(result)
  }

  private func isWaiting(_ id: LongPoll.ID) -> Bool { polls[id] != nil }

  private func forget(_ id: LongPoll.ID) -> LongPoll? {
    guard let poll = polls.removeValue(forKey: id) else { return nil }
    poll.queue.waitingPolls -= 1
    return poll
  }

  /// Plans to look again when a polled queue's next message becomes available by itself.
  private func planWakeUp(of live: LiveQueue) {
    guard live.waitingPolls > 0, let due = live.queue.nextDue() else { return }
    if let planned = live.wakesAt, planned <= due { return }
    live.wakesAt = due
    polled[live.queue.tag] = live
    wakeUps.push(live.queue.tag, due: due)
  }

  /// Sets the one timer for whatever is due first.
  private func setTimer() {
    guard !polls.isEmpty else { return }
    while let (_, id) = deadlines.first, polls[id] == nil { deadlines.removeFirst() }
    let due = min(deadlines.first?.due ?? .max, wakeUps.first?.due ?? .max)
    if let timer, timer.at <= due { return }
    timer?.task.cancel()
    let task = eventLoop.scheduleTask(in: .milliseconds(max(0, due - now))) { [weak self] in
      self?.assumeIsolated { $0.timerFired() }
      return
    }
    timer = (due, task)
  }

  private func timerFired() {
    timer = nil
    let now = now
    while let (due, tag) = wakeUps.first, due <= now {
      wakeUps.removeFirst()
      // An earlier wake-up may have come in between.
      guard let live = polled[tag], live.wakesAt == due else { continue }
      live.wakesAt = nil
      polled[tag] = nil
      serve(live)
    }
    while let (due, id) = deadlines.first, due <= now {
      deadlines.removeFirst()
      end(id, with: .success([]))
    }
    setTimer()
  }
}
