import NIOCore

/// When callers are told that an answer takes too long.
///
/// One timer serves all exchanges: it is set for the earliest of them and looks around when it fires. So a request that
/// is answered in time, as nearly all are, sets none.
struct ResponseDeadlines: Sendable {
  private struct State {
    var open: [UInt64: (deadline: NIODeadline, expire: @Sendable () -> Void)] = [:]
    var lastID: UInt64 = 0
    var timer: (at: NIODeadline, task: Scheduled<Void>)?
  }

  private let eventLoop: any EventLoop
  private let state: NIOLoopBoundBox<State>

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
  }

  /// Has `expire` called after a time, unless the deadline is removed before. On the event loop, like all of this.
  func add(after limit: TimeAmount, expire: @escaping @Sendable () -> Void) -> UInt64 {
    let deadline = NIODeadline.now() + limit
    state.value.lastID += 1
    let id = state.value.lastID
    state.value.open[id] = (deadline, expire)
    setTimer(to: deadline)
    return id
  }

  func remove(_ id: UInt64) { state.value.open[id] = nil }

  /// Forgets all of them.
  func cancel() {
    eventLoop.execute {
      state.value.open = [:]
      state.value.timer?.task.cancel()
      state.value.timer = nil
    }
  }

  private func setTimer(to deadline: NIODeadline) {
    if let timer = state.value.timer {
      if timer.at <= deadline { return }
      timer.task.cancel()
    }
    state.value.timer = (deadline, eventLoop.scheduleTask(deadline: deadline) { fired() })
  }

  private func fired() {
    state.value.timer = nil
    let now = NIODeadline.now()
    for (id, exchange) in state.value.open where exchange.deadline <= now {
      state.value.open[id] = nil
      exchange.expire()
    }
    if let next = state.value.open.values.map(\.deadline).min() { setTimer(to: next) }
  }
}
