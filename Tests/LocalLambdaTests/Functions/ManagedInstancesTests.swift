import JSON
import Synchronization
import TestSupport
import Testing

@testable import LocalLambda

/// `AWS_LAMBDA_MAX_CONCURRENCY`: one environment works on several invocations at once.
@Suite(.timeLimit(.minutes(3))) struct ManagedInstancesTests {
  private static let prefix = "/2018-06-01/runtime/invocation"

  @Test func oneProcessWorksOnSeveralAtOnce() async throws {
    try await EchoFixture.run(maximumConcurrency: 1, environment: ["AWS_LAMBDA_MAX_CONCURRENCY": "4"]) { fixture in
      try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<4 {
          group.addTask {
            try await fixture.invoke(#"{"mode":"wait","milliseconds":500,"number":\#(number)}"#).text
          }
        }
        // They are all there at once, in one process.
        while await fixture.host.runningCount < 4 { try await Task.sleep(for: .milliseconds(2)) }
        #expect(await fixture.host.environmentCount == 1)
        let answers = try await group.reduce(into: Set<String>()) { $0.insert($1) }
        #expect(answers.count == 4)
      }
      let environment = try await fixture.invoke(#"{"mode":"environment"}"#)
      #expect(environment.json?["AWS_LAMBDA_MAX_CONCURRENCY"] == "4")
      #expect(environment.json?["AWS_LAMBDA_INITIALIZATION_TYPE"] == "lambda-managed-instances")
    }
  }

  /// It always has a free poll, too; that does not make it idle.
  @Test func whoHasWorkIsNotEndedAsIdle() async throws {
    var policy = EnvironmentPolicy()
    policy.idleTimeout = .seconds(3)
    policy.keepsSpare = false
    try await EchoFixture.run(
      maximumConcurrency: 1, environment: ["AWS_LAMBDA_MAX_CONCURRENCY": "4"], policy: policy
    ) { fixture in
      let end = ContinuousClock.now + .seconds(5)
      while ContinuousClock.now < end { _ = try await fixture.invoke("0") }
      #expect(await fixture.host.lastEnvironment == 1, "it was the same one all the time")
      while await fixture.host.environmentCount > 0 { try await Task.sleep(for: .milliseconds(10)) }
    }
  }

  @Test func callsInALoopFindTheirPollersAgain() async throws {
    try await EchoFixture.run(maximumConcurrency: 1, environment: ["AWS_LAMBDA_MAX_CONCURRENCY": "4"]) { fixture in
      _ = try await fixture.invoke("0")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for caller in 0..<4 {
          group.addTask {
            for number in 0..<100 {
              let response = try await fixture.invoke("[\(caller),\(number)]")
              #expect(response.text == "[\(caller),\(number)]")
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func aTimeoutKillsNobodyAndItsLateAnswerIsRefused() async throws {
    // The first call waits for this time-out to pass; the second has to be answered before it does, on any machine.
    try await attached(timeout: .seconds(8)) { fixture in
      let (slow, quick) = (Task { try await Self.poll(fixture) }, Task { try await Self.poll(fixture) })
      try await Self.polls(2, fixture)
      let first = Task { try await fixture.invoke(#""first""#) }
      while await fixture.host.runningCount < 1 { try await Task.sleep(for: .milliseconds(2)) }
      let timedOut = try await first.value
      #expect(timedOut.json?["errorType"] == "Sandbox.Timedout")
      // The other poller still serves.
      let second = Task { try await fixture.invoke(#""second""#) }
      let events = try await [slow.value, quick.value].sorted { $0.text < $1.text }
      #expect(events.map(\.text) == [#""first""#, #""second""#])
      let late = try await Self.answer(events[0], fixture)
      #expect(late.status == 410)
      #expect(late.json?["errorType"] == "InvokeTimeout")
      #expect(try await Self.answer(events[0], fixture).json?["errorType"] == "InvalidRequestID")
      #expect(try await Self.answer(events[1], fixture).status == 202)
      #expect(try await second.value.text == #""second""#)
      let again = try await Self.answer(events[1], fixture)
      #expect(again.status == 400)
      #expect(again.json?["errorType"] == "InvalidRequestID")
    }
  }

  @Test func withoutAFreePollerTheRuntimeIsUnavailable() async throws {
    try await attached(timeout: .milliseconds(300)) { fixture in
      let poll = Task { try await Self.poll(fixture) }
      try await Self.polls(1, fixture)
      let hung = try await fixture.invoke("1")
      #expect(hung.json?["errorType"] == "Sandbox.Timedout")
      let event = try await poll.value
      // The second poller never came, and the first one is still busy.
      let refused = try await fixture.invoke("2")
      #expect(refused.status == 400)
      #expect(refused.header("x-amzn-errortype") == "Runtime.Unavailable")
      #expect(try await Self.answer(event, fixture).status == 410)
      #expect(await fixture.host.callsInFlight == 0)
    }
  }

  /// A runtime that works on several at once need not say that it streams.
  @Test func trailersTakeAnyAnswerBack() async throws {
    try await attached(timeout: .seconds(20)) { fixture in
      let poll = Task { try await Self.poll(fixture) }
      try await Self.polls(1, fixture)
      let call = Task { try await fixture.invoke("1") }
      let id = try #require(try await poll.value.header("lambda-runtime-aws-request-id"))
      let error = #"{"errorType":"Late","errorMessage":"midway"}"#
      let runtime = try await RawConnection.open(port: fixture.lambdaPort)
      try await runtime.send(
        "POST \(Self.prefix)/\(id)/response HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
          + "connection: close\r\n\r\n3\r\nabc\r\n0\r\nLambda-Runtime-Function-Error-Type: Late\r\n"
          + "Lambda-Runtime-Function-Error-Body: \(Base64.encode(error.utf8))\r\n\r\n")
      #expect(try await runtime.textUntilClosed().hasPrefix("HTTP/1.1 202 "))
      let answer = try await call.value
      #expect(answer.header("x-amz-function-error") == "Unhandled")
      #expect(answer.text == error)
    }
  }

  @Test(arguments: ["0", "many", "-1"])
  func aMalformedNumberIsRefused(number: String) async throws {
    await #expect(throws: FunctionConfigurationError.self) {
      try await EchoFixture.run(environment: ["AWS_LAMBDA_MAX_CONCURRENCY": number]) { _ in }
    }
  }

  @Test func aProcessThatEndsFailsAllThatItWorkedOn() async throws {
    try await EchoFixture.run(maximumConcurrency: 1, environment: ["AWS_LAMBDA_MAX_CONCURRENCY": "2"]) { fixture in
      let waiting = Task { try await fixture.invoke(#"{"mode":"wait","milliseconds":60000}"#) }
      while await fixture.host.runningCount < 1 { try await Task.sleep(for: .milliseconds(2)) }
      let exit = try await fixture.invoke(#"{"mode":"exit","code":4}"#)
      for response in [exit, try await waiting.value] {
        #expect(response.json?["errorMessage"]?.stringValue?.hasSuffix("exit status 4") == true)
      }
      #expect(try await fixture.invoke("1").text == "1")
    }
  }

  // MARK: -

  private func attached(timeout: Duration, _ body: (EchoFixture) async throws -> Void) async throws {
    try await EchoFixture.run(
      timeout: timeout, maximumConcurrency: 1, environment: ["AWS_LAMBDA_MAX_CONCURRENCY": "2"],
      command: ["/nowhere/at/all"], attached: true, body)
  }

  private static func poll(_ fixture: EchoFixture) async throws -> OneShotClient.Response {
    try await fixture.lambda.send("GET", prefix + "/next")
  }

  private static func polls(_ count: Int, _ fixture: EchoFixture) async throws {
    while await fixture.host.pollCount < count { try await Task.sleep(for: .milliseconds(2)) }
  }

  private static func answer(_ event: OneShotClient.Response, _ fixture: EchoFixture) async throws
    -> OneShotClient.Response
  {
    let id = try #require(event.header("lambda-runtime-aws-request-id"))
    return try await fixture.lambda.send("POST", "\(prefix)/\(id)/response", body: event.body)
  }
}
