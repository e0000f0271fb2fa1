/// The state of one environment's runtime, as the Runtime API sees it: what may be called next, and what it means.
///
/// A value that knows no sockets and no clock. The answers are those of AWS's own emulator
/// (`internal/lambda/rapi`, [aws-lambda-runtime-interface-emulator](https://github.com/aws/aws-lambda-runtime-interface-emulator)).
struct RuntimeState: Sendable {
  enum Phase: Sendable, Equatable {
    /// The process runs and has not asked for an event yet.
    case initializing
    /// It reported that its initialisation failed.
    case initFailed
    /// It waits for an event.
    case waiting
    /// It works on an event.
    case invoking(requestID: String, nonce: String)
    /// It has answered and not asked for the next event yet.
    case answered
  }

  private(set) var phase = Phase.initializing

  /// `GET /runtime/invocation/next`.
  mutating func next() throws(RuntimeAPIError) {
    switch phase {
    case .initializing, .answered, .waiting: phase = .waiting
    case .invoking, .initFailed: throw .invalidTransition(from: name, to: "Ready")
    }
  }

  /// An event goes to a runtime that waits.
  mutating func deliver(requestID: String, nonce: String) {
    phase = .invoking(requestID: requestID, nonce: nonce)
  }

  /// `POST /runtime/invocation/{id}/response` or `…/error`; `nonce` is the `Lambda-Runtime-Invocation-Id` that came.
  mutating func answer(requestID: String, nonce: String?, call: String) throws(RuntimeAPIError) {
    switch phase {
    case .invoking(requestID, let expected):
      if let nonce, nonce != expected { throw .timedOut }
      phase = .answered
    case .answered: throw .invalidTransition(from: name, to: call)
    case .initializing, .initFailed, .waiting, .invoking: throw .invalidRequestID
    }
  }

  /// `POST /runtime/init/error`.
  mutating func initError() throws(RuntimeAPIError) {
    guard phase == .initializing else { throw .invalidTransition(from: name, to: "InitError") }
    phase = .initFailed
  }

  private var name: String {
    switch phase {
    case .initializing: "Started"
    case .initFailed: "InitError"
    case .waiting: "Ready"
    case .invoking: "Running"
    case .answered: "RuntimeResponseSentState"
    }
  }
}
