/// Where a runtime stands between its calls of the Runtime API, and what each call does to that.
///
/// A plain value: it knows no sockets and no clock. The names and the refusals are those of Amazon's own emulator.
struct RuntimeStateMachine: Sendable {
  /// An invocation as the runtime knows it.
  struct Current: Sendable, Hashable {
    var requestID: String
    /// `Lambda-Runtime-Invocation-Id`: tells a late answer from a timely one.
    var nonce: String
  }

  enum State: Sendable, Hashable {
    /// The process runs; it has not polled yet.
    case started
    /// It said that it cannot start.
    case initError
    /// It polls, or is about to poll again, and has nothing to do.
    case ready
    /// It works.
    case running(Current)
    /// It streams its answer.
    case sendingResponse(Current)
    /// It has answered and has not polled again.
    case responseSent(Current)

    var name: String {
      switch self {
      case .started: "Started"
      case .initError: "InitError"
      case .ready: "Ready"
      case .running: "Running"
      case .sendingResponse: "InvocationResponse"
      case .responseSent: "RuntimeResponseSentState"
      }
    }
  }

  /// What a poll leads to.
  enum PollAction: Sendable, Hashable {
    /// It waits for an invocation; the first one ends init.
    case wait(endsInit: Bool)
    /// The invocation that it has not answered yet, once more.
    case deliverAgain
    case refuse(Refusal)
  }

  /// What an answer leads to.
  enum AnswerAction: Sendable, Hashable {
    case accept
    case refuse(Refusal)
  }

  /// Why a call is refused.
  enum Refusal: Error, Sendable, Hashable {
    case unknownRequestID
    case wrongState(from: String, to: String)
    /// The invocation is over; the answer is for an earlier one.
    case late
  }

  /// An answer's kind.
  enum Answer: String, Sendable {
    case response = "InvocationResponse"
    case error = "InvocationErrorResponse"
  }

  private(set) var state = State.started

  /// `GET …/invocation/next`.
  mutating func poll() -> PollAction {
    switch state {
    case .started:
      state = .ready
      return .wait(endsInit: true)
    case .ready: return .wait(endsInit: false)
    case .responseSent:
      state = .ready
      return .wait(endsInit: false)
    case .running: return .deliverAgain
    case .sendingResponse, .initError: return .refuse(.wrongState(from: state.name, to: "Ready"))
    }
  }

  /// A waiting poll gets an invocation. Anything but `ready` is the caller's mistake and changes nothing.
  mutating func deliver(_ invocation: Current) {
    if case .ready = state { state = .running(invocation) }
  }

  /// `POST …/invocation/ID/response` or `…/error`; with `isStreamed` it is over with ``responseEnded()`` only.
  mutating func answer(
    _ answer: Answer, requestID: String, nonce: String?, isStreamed: Bool = false
  ) -> AnswerAction {
    let current: Current
    let isRunning: Bool
    switch state {
    case .running(let invocation): (current, isRunning) = (invocation, true)
    case .sendingResponse(let invocation), .responseSent(let invocation): (current, isRunning) = (invocation, false)
    case .started, .initError, .ready: return .refuse(.unknownRequestID)
    }
    guard current.requestID == requestID else { return .refuse(.unknownRequestID) }
    if let nonce, nonce != current.nonce { return .refuse(.late) }
    guard isRunning else { return .refuse(.wrongState(from: state.name, to: answer.rawValue)) }
    state = isStreamed ? .sendingResponse(current) : .responseSent(current)
    return .accept
  }

  /// A streamed answer is in, or will not be.
  mutating func responseEnded() {
    if case .sendingResponse(let current) = state { state = .responseSent(current) }
  }

  /// `POST …/init/error`.
  mutating func reportInitError() -> AnswerAction {
    guard case .started = state else { return .refuse(.wrongState(from: state.name, to: "InitError")) }
    state = .initError
    return .accept
  }
}
