import Testing

@testable import LocalLambda

/// Every call in every state, with no sockets.
@Suite struct RuntimeStateMachineTests {
  enum Start: String, CaseIterable, Sendable {
    case started, initError, ready, running, responseSent

    var machine: RuntimeStateMachine {
      var machine = RuntimeStateMachine()
      switch self {
      case .started: break
      case .initError: _ = machine.reportInitError()
      case .ready: _ = machine.poll()
      case .running:
        _ = machine.poll()
        machine.deliver(.init(requestID: "id", nonce: "nonce"))
      case .responseSent:
        _ = machine.poll()
        machine.deliver(.init(requestID: "id", nonce: "nonce"))
        _ = machine.answer(.response, requestID: "id", nonce: nil)
      }
      return machine
    }
  }

  @Test(arguments: [
    (Start.started, RuntimeStateMachine.PollAction.wait(endsInit: true), "Ready"),
    (.initError, .refuse(.wrongState(from: "InitError", to: "Ready")), "InitError"),
    (.ready, .wait(endsInit: false), "Ready"),
    (.running, .deliverAgain, "Running"),
    (.responseSent, .wait(endsInit: false), "Ready"),
  ])
  func polls(start: Start, action: RuntimeStateMachine.PollAction, after: String) {
    var machine = start.machine
    #expect(machine.poll() == action)
    #expect(machine.state.name == after)
  }

  @Test(arguments: [
    (Start.started, RuntimeStateMachine.AnswerAction.refuse(.unknownRequestID), "Started"),
    (.initError, .refuse(.unknownRequestID), "InitError"),
    (.ready, .refuse(.unknownRequestID), "Ready"),
    (.running, .accept, "RuntimeResponseSentState"),
    (
      .responseSent, .refuse(.wrongState(from: "RuntimeResponseSentState", to: "InvocationResponse")),
      "RuntimeResponseSentState"
    ),
  ])
  func answers(start: Start, action: RuntimeStateMachine.AnswerAction, after: String) {
    var machine = start.machine
    #expect(machine.answer(.response, requestID: "id", nonce: nil) == action)
    #expect(machine.state.name == after)
  }

  @Test(arguments: [
    ("other", nil, RuntimeStateMachine.AnswerAction.refuse(.unknownRequestID)),
    ("id", "stale", .refuse(.late)),
    ("id", "nonce", .accept),
  ])
  func checksIdAndNonce(id: String, nonce: String?, action: RuntimeStateMachine.AnswerAction) {
    var machine = Start.running.machine
    #expect(machine.answer(.error, requestID: id, nonce: nonce) == action)
  }

  @Test func aWrongIdIsUnknownAfterTheAnswerToo() {
    var machine = Start.responseSent.machine
    #expect(machine.answer(.error, requestID: "other", nonce: nil) == .refuse(.unknownRequestID))
  }

  @Test(arguments: Start.allCases)
  func initErrorsEndInitOnly(start: Start) {
    var machine = start.machine
    let before = machine.state.name
    let action = machine.reportInitError()
    #expect(action == (start == .started ? .accept : .refuse(.wrongState(from: before, to: "InitError"))))
  }

  @Test(arguments: Start.allCases)
  func onlyWhoWaitsIsGivenSomething(start: Start) {
    var machine = start.machine
    let before = machine.state
    machine.deliver(.init(requestID: "new", nonce: "n"))
    #expect(machine.state == (start == .ready ? .running(.init(requestID: "new", nonce: "n")) : before))
  }
}
