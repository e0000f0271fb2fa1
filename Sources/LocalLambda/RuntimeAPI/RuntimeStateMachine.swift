/// Where a runtime stands between its calls of the Runtime API, and what each call does to that.
///
/// A plain value: it knows no sockets and no clock. The names and the refusals are those of Amazon's own emulator, which
/// has one set of rules for a runtime that works on one invocation after the other, and another one for managed
/// instances, where a runtime polls and works on many at once.
struct RuntimeStateMachine: Sendable {
  /// An invocation as the runtime knows it.
  struct Current: Sendable, Hashable {
    var requestID: String
    /// `Lambda-Runtime-Invocation-Id`: tells a late answer from a timely one.
    var nonce: String
  }

  /// What a poll leads to.
  enum PollAction: Sendable, Hashable {
    /// It waits for an invocation; the first one ends init.
    case wait(endsInit: Bool)
    /// The invocation that it has not answered yet, once more.
    case deliverAgain(requestID: String)
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
    /// The invocation is over: it took too long, or the answer is for an earlier one with the same id.
    case late
  }

  /// An answer's kind.
  enum Answer: String, Sendable {
    case response = "InvocationResponse"
    case error = "InvocationErrorResponse"
  }

  private enum Phase { case started, initError, serving }

  private struct Running {
    var nonce: String
    /// It streams its answer.
    var isSending = false
  }

  /// Whether it may work on several invocations at once.
  let isConcurrent: Bool
  private var phase = Phase.started
  /// The invocations that it works on, by request id.
  private var running: [String: Running] = [:]
  /// What it has answered and not polled since; with concurrency nobody can tell which poll follows which answer.
  private var answered: Current?
  private var timeouts = RecentTimeouts()

  init(isConcurrent: Bool = false) {
    self.isConcurrent = isConcurrent
  }

  /// The state, as refusals name it.
  var stateName: String {
    switch phase {
    case .started: "Started"
    case .initError: "InitError"
    case .serving:
      if let first = running.first?.value {
        first.isSending ? "InvocationResponse" : "Running"
      } else {
        answered == nil ? "Ready" : "RuntimeResponseSentState"
      }
    }
  }

  /// How many invocations took too long and have not been answered since.
  var lateCount: Int { timeouts.count }

  /// `GET …/invocation/next`.
  mutating func poll() -> PollAction {
    switch phase {
    case .started:
      phase = .serving
      return .wait(endsInit: true)
    case .initError: return .refuse(.wrongState(from: stateName, to: "Ready"))
    case .serving:
      if !isConcurrent, let (requestID, current) = running.first {
        return current.isSending
          ? .refuse(.wrongState(from: stateName, to: "Ready")) : .deliverAgain(requestID: requestID)
      }
      answered = nil
      return .wait(endsInit: false)
    }
  }

  /// Whether a waiting poll may get an invocation: one after the other, unless it works on many at once.
  var isReady: Bool { phase == .serving && (isConcurrent || (running.isEmpty && answered == nil)) }

  /// A waiting poll gets an invocation. In another state that is the caller's mistake and changes nothing.
  mutating func deliver(_ invocation: Current) {
    guard isReady else { return }
    running[invocation.requestID] = Running(nonce: invocation.nonce)
  }

  /// `POST …/invocation/ID/response` or `…/error`; with `isStreamed` it is over with ``responseEnded(_:)`` only.
  mutating func answer(
    _ answer: Answer, requestID: String, nonce: String?, isStreamed: Bool = false
  ) -> AnswerAction {
    if let current = running[requestID] {
      if let nonce, nonce != current.nonce { return .refuse(.late) }
      guard !current.isSending else { return refusal(of: answer) }
      if isStreamed { running[requestID]?.isSending = true } else { end(requestID, current) }
      return .accept
    }
    if let answered, answered.requestID == requestID {
      return nonce == nil || nonce == answered.nonce ? refusal(of: answer) : .refuse(.late)
    }
    return .refuse(timeouts.take(requestID) ? .late : .unknownRequestID)
  }

  /// A streamed answer is in, or will not be.
  mutating func responseEnded(_ requestID: String) {
    if let current = running[requestID], current.isSending { end(requestID, current) }
  }

  /// An invocation took too long: an answer that still comes is late.
  mutating func timeOut(_ requestID: String) {
    if running.removeValue(forKey: requestID) != nil { timeouts.insert(requestID) }
  }

  /// `POST …/init/error`.
  mutating func reportInitError() -> AnswerAction {
    guard phase == .started else { return .refuse(.wrongState(from: stateName, to: "InitError")) }
    phase = .initError
    return .accept
  }

  private mutating func end(_ requestID: String, _ current: Running) {
    running[requestID] = nil
    if !isConcurrent { answered = Current(requestID: requestID, nonce: current.nonce) }
  }

  /// A second answer.
  private func refusal(of answer: Answer) -> AnswerAction {
    .refuse(isConcurrent ? .unknownRequestID : .wrongState(from: stateName, to: answer.rawValue))
  }
}
