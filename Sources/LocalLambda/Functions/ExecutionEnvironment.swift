import JSON
import NIOCore

/// One environment of a function: a process, its Runtime API, its extensions, and what it works on.
///
/// Owned by its `FunctionHost`, and touched on that actor only.
final class ExecutionEnvironment {
  typealias ID = Int

  /// A call that somebody waits for.
  struct Call: Sendable {
    let invocation: Invocation
    /// Takes the answer's parts, if the caller wants it in parts.
    let stream: AnswerStream?
    let complete: @Sendable (InvocationResult) -> Void

    var requestID: String { invocation.requestID }
  }

  /// A call that was handed to the runtime.
  struct Work: Sendable {
    let call: Call
    let nonce: String
    let startedAt: NIODeadline
    /// When it has to be answered.
    var deadline: NIODeadline
    let deadlineMilliseconds: Int64
    /// The report of a first invocation names the init's duration.
    let initDuration: TimeAmount?
    var log: LogTail?
    /// The answer, while the function streams it.
    var answer: StreamedAnswer?
    /// The answer broke off; why will show in a moment.
    var isBrokenOff = false
    /// The type that the runtime gave its error beside the error's body.
    var reportedErrorType: String?

    /// `X-Amzn-Trace-Id`, the caller's or a new one.
    let traceID: String

    var requestID: String { call.requestID }
  }

  /// A call of `next` that waits.
  struct Poll {
    let id: Int
    let exchange: HTTPExchange
  }

  enum Phase {
    /// Not yet polled.
    case starting
    case serving
    /// Told to end, or about to end by itself: it gets nothing to do any more.
    case ending
  }

  let id: ID
  /// Started by somebody else, who attached it.
  let isAttached: Bool
  /// How many invocations it may work on at once.
  let slots: Int
  var phase = Phase.starting
  var runtime: RuntimeStateMachine
  var polls = CircularBuffer<Poll>()
  var pollCount = 0
  /// What it works on, by request id.
  var running: [String: Work] = [:]
  /// It is among the host's idle ones, since a moment.
  var isIdle = false
  var idleSince = NIODeadline.uptimeNanoseconds(0)
  /// Its processes are stopped.
  var isFrozen = false
  /// When what it is doing besides invocations has to be over.
  var deadline: NIODeadline?
  /// The timer may be set for earlier than is needed, and then looks again.
  var timer: (at: NIODeadline, task: Scheduled<Void>)?
  var initDuration: TimeAmount?
  /// What its process prints until init is over; if that fails, it belongs to the invocation that fails with it.
  var initLog: LogTail? = LogTail()
  /// Init is done inside an invocation, with the function's time-out: it already took too long once.
  let isSecondInit: Bool
  var processID: Int32?
  /// What its process prints.
  var output: ProcessOutput?
  /// It was told to end.
  var isTerminated = false
  var task: Task<Void, Never>?
  /// The logs of work that has just ended, while their last lines are read.
  var tails: [String: LogTail] = [:]
  /// For lines that are read after the answer: they still belong to that invocation.
  var lastRequestID: String?
  /// Its processes may read the metadata endpoint with it.
  let metadataToken = RandomID.secret()
  let startedAt = NIODeadline.now()
  let startedAtMilliseconds = WallClock.milliseconds()

  // MARK: Extensions

  var extensions: ExtensionRegistry
  /// Their polls that wait, by identifier.
  var extensionPolls: [String: HTTPExchange] = [:]
  /// The processes of external ones, by name.
  var extensionProcesses: [String: Int32] = [:]
  var extensionTasks: [Task<Void, Never>] = []
  var areExtensionsKilled = false
  /// `Extension.InitError` or `Extension.ExitError`, once an extension has reported one: the environment ends with the
  /// process of that extension.
  var extensionFailure: String?
  /// Who waits until all external ones have registered.
  var whenRegistered: CheckedContinuation<Void, Never>?
  /// What extensions are told at the end: `spindown`, `timeout` or `failure`.
  var shutdownReason = "spindown"
  var shutdownStart = NIODeadline.uptimeNanoseconds(0)
  /// In milliseconds since 1970, once extensions are told to end.
  var shutdownDeadline: Int64?
  /// Who was told, by identifier.
  var toldOfShutdown: Set<String> = []
  /// Extensions that are sent telemetry.
  var subscribers: [TelemetrySubscriber] = []
  var subscriptionCount = 0
  /// Reports of invocations that the runtime has done with, and the extensions have not.
  var reports: [JSONValue] = []

  init(id: ID, slots: Int, isConcurrent: Bool, isAttached: Bool = false, isSecondInit: Bool = false) {
    self.id = id
    self.slots = slots
    self.isAttached = isAttached
    self.isSecondInit = isSecondInit
    runtime = RuntimeStateMachine(isConcurrent: isConcurrent)
    extensions = ExtensionRegistry(isManaged: isConcurrent)
  }

  var isStarting: Bool { phase == .starting }
  var isEnding: Bool { phase == .ending }

  /// Whether it is there for nothing, and not held by somebody's debugger.
  var isUnused: Bool { running.isEmpty && !isAttached }

  /// Whether it may be handed an invocation: a poll waits for one, and it has not as many as it may have, however many
  /// polls wait.
  var takesMore: Bool { !polls.isEmpty && runtime.isReady && running.count < slots && extensions.areReady }

  /// How many of its pollers have answered and are expected to poll again.
  var returningPolls: Int {
    guard case .serving = phase else { return 0 }
    return max(0, slots - polls.count - running.count - runtime.lateCount)
  }

  /// The time that comes first of all that it has to keep.
  var nextDeadline: NIODeadline? {
    running.values.reduce(deadline) { earliest, work in earliest.map { min($0, work.deadline) } ?? work.deadline }
  }
}
