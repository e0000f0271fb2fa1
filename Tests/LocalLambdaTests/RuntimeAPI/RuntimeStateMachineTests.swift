import Testing

@testable import LocalLambda

/// Every call in every state, with no sockets.
@Suite struct RuntimeStateMachineTests {
  enum Start: String, CaseIterable, Sendable {
    case started, initError, ready, running, sendingResponse, responseSent

    var machine: RuntimeStateMachine {
      var machine = RuntimeStateMachine()
      switch self {
      case .started: break
      case .initError: _ = machine.reportInitError()
      case .ready: _ = machine.poll()
      case .running:
        _ = machine.poll()
        machine.deliver(.init(requestID: "id", nonce: "nonce"))
      case .sendingResponse:
        _ = machine.poll()
        machine.deliver(.init(requestID: "id", nonce: "nonce"))
        _ = machine.answer(.response, requestID: "id", nonce: nil, isStreamed: true)
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
    (.running, .deliverAgain(requestID: "id"), "Running"),
    (.sendingResponse, .refuse(.wrongState(from: "InvocationResponse", to: "Ready")), "InvocationResponse"),
    (.responseSent, .wait(endsInit: false), "Ready"),
  ])
  func polls(start: Start, action: RuntimeStateMachine.PollAction, after: String) {
    var machine = start.machine
    #expect(machine.poll() == action)
    #expect(machine.stateName == after)
  }

  @Test(arguments: [
    (Start.started, RuntimeStateMachine.AnswerAction.refuse(.unknownRequestID), "Started"),
    (.initError, .refuse(.unknownRequestID), "InitError"),
    (.ready, .refuse(.unknownRequestID), "Ready"),
    (.running, .accept, "RuntimeResponseSentState"),
    (
      .sendingResponse, .refuse(.wrongState(from: "InvocationResponse", to: "InvocationResponse")),
      "InvocationResponse"
    ),
    (
      .responseSent, .refuse(.wrongState(from: "RuntimeResponseSentState", to: "InvocationResponse")),
      "RuntimeResponseSentState"
    ),
  ])
  func answers(start: Start, action: RuntimeStateMachine.AnswerAction, after: String) {
    var machine = start.machine
    #expect(machine.answer(.response, requestID: "id", nonce: nil) == action)
    #expect(machine.stateName == after)
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

  @Test(arguments: Start.allCases)
  func aStreamedAnswerEndsOnce(start: Start) {
    var machine = start.machine
    let before = machine.stateName
    machine.responseEnded("id")
    #expect(machine.stateName == (start == .sendingResponse ? "RuntimeResponseSentState" : before))
  }

  @Test func aWrongIdIsUnknownAfterTheAnswerToo() {
    var machine = Start.responseSent.machine
    #expect(machine.answer(.error, requestID: "other", nonce: nil) == .refuse(.unknownRequestID))
  }

  @Test(arguments: Start.allCases)
  func initErrorsEndInitOnly(start: Start) {
    var machine = start.machine
    let before = machine.stateName
    let action = machine.reportInitError()
    #expect(action == (start == .started ? .accept : .refuse(.wrongState(from: before, to: "InitError"))))
  }

  @Test(arguments: Start.allCases)
  func onlyWhoWaitsIsGivenSomething(start: Start) {
    var machine = start.machine
    let before = machine.stateName
    machine.deliver(.init(requestID: "new", nonce: "n"))
    #expect(machine.stateName == (start == .ready ? "Running" : before))
    #expect(
      machine.answer(.response, requestID: "new", nonce: "n")
        == (start == .ready ? .accept : .refuse(.unknownRequestID)))
  }

  @Test func anAnswerAfterTheTimeIsLateOnce() {
    var machine = Start.running.machine
    machine.timeOut("id")
    #expect(machine.lateCount == 1)
    #expect(machine.answer(.response, requestID: "id", nonce: "nonce") == .refuse(.late))
    #expect(machine.answer(.response, requestID: "id", nonce: "nonce") == .refuse(.unknownRequestID))
    #expect(machine.lateCount == 0)
  }

  // MARK: Managed instances

  private func concurrent(_ ids: String...) -> RuntimeStateMachine {
    var machine = RuntimeStateMachine(isConcurrent: true)
    for id in ids {
      _ = machine.poll()
      machine.deliver(.init(requestID: id, nonce: "n-\(id)"))
    }
    return machine
  }

  @Test func severalAreWorkedOnAtOnceAndAnsweredInAnyOrder() {
    var machine = concurrent("a", "b", "c")
    #expect(machine.poll() == .wait(endsInit: false))
    #expect(machine.answer(.response, requestID: "b", nonce: nil) == .accept)
    #expect(machine.answer(.error, requestID: "c", nonce: "n-c") == .accept)
    #expect(machine.answer(.response, requestID: "a", nonce: "n-b") == .refuse(.late))
    #expect(machine.answer(.response, requestID: "a", nonce: "n-a") == .accept)
    #expect(machine.stateName == "Ready")
  }

  @Test func aSecondAnswerHasNoInvocationAnyMore() {
    var machine = concurrent("a", "b")
    _ = machine.answer(.response, requestID: "a", nonce: nil)
    #expect(machine.answer(.response, requestID: "a", nonce: nil) == .refuse(.unknownRequestID))
    #expect(machine.answer(.response, requestID: "b", nonce: nil, isStreamed: true) == .accept)
    #expect(machine.answer(.error, requestID: "b", nonce: nil) == .refuse(.unknownRequestID))
  }

  @Test func theLastThousandTimeoutsAreRemembered() {
    var timeouts = RecentTimeouts()
    for number in 0...RecentTimeouts.capacity { timeouts.insert("\(number)") }
    #expect(timeouts.count == RecentTimeouts.capacity)
    let taken = ["0", "1", "1"].map { timeouts.take($0) }
    #expect(taken == [false, true, false])
  }
}
