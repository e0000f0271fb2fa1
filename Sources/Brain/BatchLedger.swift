import Synchronization

/// What the conversations of one event tell each other: who works on which, how long one takes, and when to stop.
final class BatchLedger: Sendable {
  /// Why no further conversation is begun.
  enum Stop: Sendable, Equatable {
    case outOfTime
    /// The model's provider asked for a pause that does not fit.
    case pause(Duration)
    /// Nothing has worked several times in a row.
    case outage
    /// Backend or model will not let us in.
    case denied
  }

  enum Permission: Equatable {
    case go
    /// Another record of this event works on the same conversation.
    case elsewhere
    case stop(Stop)
  }

  private struct State {
    var claimed: Set<Int64> = []
    var stop: Stop?
    var done = 0
    var started = 0
    var unavailableInARow = 0
    var slowest = Duration.zero
  }

  private let state = Mutex(State())
  private let budget: TimeBudget
  private let outageAfter: Int

  init(budget: TimeBudget, concurrency: Int) {
    self.budget = budget
    outageAfter = max(4, concurrency)
  }

  /// Whether work on a conversation may begin. The first one always may: a time-out that is too short for any
  /// conversation has to show as a failure, not as a message that goes round for ever.
  func begin(_ conversationID: Int64) -> Permission {
    state.withLock { state in
      guard state.claimed.insert(conversationID).inserted else { return .elsewhere }
      if state.stop == nil, state.started > 0, budget.left <= state.slowest { state.stop = .outOfTime }
      if let stop = state.stop { return .stop(stop) }
      state.started += 1
      return .go
    }
  }

  func end(_ end: ConversationMemory.End, windows: Int, after duration: Duration) {
    state.withLock { state in
      state.slowest = max(state.slowest, duration)
      if windows > 0 { state.done += 1 }
      switch end {
      case .stored, .alreadyCovered, .newerExists, .gone:
        if windows == 0 { state.done += 1 }
        state.unavailableInARow = 0
      case .failed, .changedMeanwhile: state.unavailableInARow = 0
      case .outOfTime: state.stop = state.stop ?? .outOfTime
      case .denied: state.stop = .denied
      case .unavailable(_, let pause):
        state.unavailableInARow += 1
        if let pause, pause > budget.left {
          state.stop = state.stop ?? .pause(pause)
        } else if state.unavailableInARow >= outageAfter {
          state.stop = state.stop ?? .outage
        }
      }
    }
  }

  /// Why no further conversation is begun, where that is so.
  var stop: Stop? { state.withLock { $0.stop } }

  /// Whether any conversation of the event was worked on with success.
  var hasProgress: Bool { state.withLock { $0.done > 0 } }
}
