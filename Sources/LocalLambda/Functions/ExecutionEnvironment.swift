import NIOCore

/// One environment of a function: a process, its Runtime API, and the invocation that it works on.
///
/// Owned by its `FunctionHost`, and touched on that actor only.
final class ExecutionEnvironment {
  typealias ID = Int

  /// A call that somebody waits for.
  struct Call: Sendable {
    let invocation: Invocation
    /// Takes the answer's parts, if the function streams it.
    let stream: AnswerStream?
    let complete: @Sendable (InvocationResult) -> Void

    var requestID: String { invocation.requestID }
  }

  /// A call that was handed to the runtime.
  struct Work: Sendable {
    let call: Call
    let nonce: String
    let startedAt: NIODeadline
    let deadlineMilliseconds: Int64
    /// The report of a first invocation names the init's duration.
    let initDuration: TimeAmount?
    var log: LogTail?
    /// The answer, while the function streams it.
    var answer: StreamedAnswer?
    /// The answer broke off; why will show in a moment.
    var isBrokenOff = false
  }

  enum Phase {
    /// Not yet polled; with the moment it began.
    case starting(since: NIODeadline)
    case serving
    /// Told to end, or about to end by itself: it gets nothing to do any more.
    case ending
  }

  let id: ID
  /// Started by somebody else, who attached it.
  let isAttached: Bool
  var phase: Phase
  var runtime = RuntimeStateMachine()
  /// The poll that waits, and how many there were.
  var poll: HTTPExchange?
  var pollCount = 0
  var work: Work?
  /// When what it is doing has to be over; the timer may be set for earlier and then looks again.
  var deadline: NIODeadline?
  var timer: (at: NIODeadline, task: Scheduled<Void>)?
  var initDuration: TimeAmount?
  /// Init is done inside an invocation, with the function's time-out: it already took too long once.
  let isSecondInit: Bool
  var processID: Int32?
  /// It was sent SIGTERM.
  var isTerminated = false
  var running: Task<Void, Never>?
  /// The log of the work that has just ended, while its last lines are read.
  var tail: LogTail?
  /// For lines that are read after the answer: they still belong to that invocation.
  var lastRequestID: String?

  init(id: ID, isAttached: Bool = false, isSecondInit: Bool = false) {
    self.id = id
    self.isAttached = isAttached
    self.isSecondInit = isSecondInit
    phase = .starting(since: .now())
  }

  var isStarting: Bool { if case .starting = phase { true } else { false } }
  var isEnding: Bool { if case .ending = phase { true } else { false } }
  /// Has answered and is expected to poll again.
  var isReturning: Bool { if case .serving = phase { work == nil && poll == nil } else { false } }
}
