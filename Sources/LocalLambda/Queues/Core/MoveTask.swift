/// The moving of messages out of a dead-letter queue, as `StartMessageMoveTask` starts it.
struct MoveTask: Sendable, Hashable {
  enum Status: UInt8, Sendable {
    case running = 1
    case completed = 2
    case cancelled = 3
    case failed = 4

    /// As on the wire.
    var name: String {
      switch self {
      case .running: "RUNNING"
      case .completed: "COMPLETED"
      case .cancelled: "CANCELLED"
      case .failed: "FAILED"
      }
    }
  }

  let id: MessageID
  let source: QueueAddress
  /// Nil: each message goes back to the queue that it came from.
  let destination: QueueAddress?
  /// How many messages a second are moved at most; nil: as many as go.
  let rate: Int?
  /// Milliseconds since 1970.
  let startedAt: Int64
  /// How many messages there were to move at the start. No more are moved: what fails again at once would go round.
  let toMove: Int
  var moved = 0
  var status = Status.running
  /// The code of the error that ended the task.
  var failure: String?

  /// So many are moved in one go.
  private static let stride = 100

  /// How many more messages may be moved now, the task having gone on since a moment, with so many moved before.
  func allowance(since start: Int64, movedBefore: Int, now: Int64) -> Int {
    let rest = toMove - moved
    guard let rate else { return min(rest, Self.stride) }
    let allowed = 1 + Int(max(0, now - start)) * rate / 1_000
    return min(rest, Self.stride, max(0, allowed - (moved - movedBefore)))
  }

  /// When the next message may be moved.
  func nextMove(since start: Int64, movedBefore: Int) -> Int64 {
    guard let rate else { return start }
    // Rounded up: a moment earlier the allowance would be nothing.
    return start + Int64((moved - movedBefore) * 1_000 + rate - 1) / Int64(rate)
  }
}
