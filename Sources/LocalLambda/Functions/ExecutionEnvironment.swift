import NIOCore

/// One execution environment of a function: a process, its Runtime API, and the event that it works on.
///
/// State of ``FunctionHost`` and of nothing else.
struct ExecutionEnvironment {
  /// An event and where its result goes.
  struct Work {
    let invocation: Invocation
    let complete: @Sendable (InvocationResult) -> Void
  }

  /// The event that the runtime works on.
  struct Running {
    let work: Work
    let started: NIODeadline
    let timeout: Scheduled<Void>
  }

  /// What the log's REPORT line calls `Init Duration`; told once.
  struct Initialization {
    let started: NIODeadline
    var timeout: Scheduled<Void>?
    var duration: TimeAmount?
  }

  let logStream: String
  var state = RuntimeState()
  var initialization: Initialization
  /// The process, once it runs; nil for a runtime that somebody attached by hand.
  var pid: Int32?
  /// The request for an event that is kept open until there is one.
  var poller: HTTPExchange?
  /// The event that waits for this environment to ask for it.
  var assigned: Work?
  var running: Running?
  var logTail = LogTail()

  /// Whether an event that is given to it now is the next one that it works on.
  var isFree: Bool {
    guard running == nil, assigned == nil else { return false }
    switch state.phase {
    case .waiting: return poller != nil
    case .answered: return true
    case .initializing, .invoking, .initFailed: return false
    }
  }
}
