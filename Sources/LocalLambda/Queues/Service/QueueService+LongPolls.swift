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
    as poll: LongPoll.ID, limit: Int, visibilitySeconds: Int, waitMilliseconds: Int64, from live: LiveQueue,
    completion: @escaping LongPoll.Completion
  ) {
    let deliveries = take(limit: limit, visibilitySeconds: visibilitySeconds, from: live)
    if deliveries.isEmpty, waitMilliseconds <= 0, live.queue.counts.inFlight >= SQSLimits.messagesInFlight {
      completion(.failure(SQSError(.overLimit, "Too many messages in flight: \(live.queue.counts.inFlight).")))
      return
    }
    guard deliveries.isEmpty, waitMilliseconds > 0, !isShutDown else {
      completion(.success(deliveries))
      return
    }
    let deadline = now + waitMilliseconds
    polls[poll] = LongPoll(
      queue: live, limit: limit, visibilitySeconds: visibilitySeconds, deadline: deadline, completion: completion)
    live.polls.append(poll)
    live.waitingPolls += 1
    if live.polls.count > 2 * live.waitingPolls + 64 { live.polls = CircularBuffer(live.polls.filter(isWaiting)) }
    deadlines.push(poll, due: deadline)
    deadlines.compact(live: polls.count) { [polls] in polls[$0] != nil }
    planWakeUp(of: live)
    setTimer()
  }

  /// Gives up a poll whose caller is gone: it takes no message any more.
  func cancel(_ poll: LongPoll.ID) { _ = forget(poll) }

  /// Hands available messages to the polls that wait for them.
  func serve(_ live: LiveQueue) {
    guard live.waitingPolls > 0 else { return }
    live.queue.advance(to: now)
    while live.queue.counts.available > 0, let id = live.polls.first {
      guard let poll = polls[id] else {
        live.polls.removeFirst()
        continue
      }
      let deliveries = take(limit: poll.limit, visibilitySeconds: poll.visibilitySeconds, from: live)
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
    wakeUps.push(live.queue.name, due: due)
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
    while let (due, name) = wakeUps.first, due <= now {
      wakeUps.removeFirst()
      guard let live = queues[name] else { continue }
      if live.wakesAt == due { live.wakesAt = nil }
      live.queue.advance(to: now)
      serve(live)
    }
    while let (due, id) = deadlines.first, due <= now {
      deadlines.removeFirst()
      end(id, with: .success([]))
    }
    setTimer()
  }
}
