import JSON
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import LocalLambda

/// Real processes: the echo function does what its event asks for.
@Suite(.timeLimit(.minutes(3))) struct FunctionHostTests {
  @Test func answersByteForByte() async throws {
    try await withEcho { host in
      let event = #"{"a":  1e21, "b":"ü\u0000"}"#
      let result = await host.invoke(Invocation(payload: Array(event.utf8)))
      #expect(result.success == event)
    }
  }

  @Test func runsAsManyAtOnceAsItMay() async throws {
    try await withEcho(maximumConcurrency: 3) { host in
      let results = await withTaskGroup(of: InvocationResult.self) { group in
        for _ in 0..<5 { group.addTask { await host.invoke(.echo(#"{"mode":"wait","milliseconds":300}"#)) } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(results.filter { $0.success != nil }.count == 3)
      #expect(results.filter(\.isThrottled).count == 2)
      // The environments are free again.
      #expect(await host.invoke(.echo("1")).success == "1")
    }
  }

  @Test(arguments: [
    (#"{"mode":"exit","code":3}"#, "Runtime.ExitError", "Runtime exited with error: exit status 3"),
    (#"{"mode":"exit","code":0}"#, "Runtime.ExitError", "Runtime exited without providing a reason"),
    (#"{"mode":"signal","number":9}"#, "Runtime.ExitError", "Runtime exited with error: signal: killed"),
    (#"{"mode":"throw","errorType":"Mine","message":"no"}"#, "Mine", "no"),
    (#"{"mode":"hang"}"#, "Sandbox.Timedout", "Task timed out after 1.00 seconds"),
  ])
  func tellsWhatWentWrongAndGoesOn(event: String, type: String, message: String) async throws {
    let timeout = type == "Sandbox.Timedout" ? Duration.seconds(1) : .seconds(60)
    try await withEcho(timeout: timeout) { host in
      let result = await host.invoke(.echo(event))
      let error = try #require(result.failure)
      #expect(error["errorType"]?.stringValue == type)
      #expect(error["errorMessage"]?.stringValue?.hasSuffix(message) == true, "\(error)")
      #expect(await host.invoke(.echo("2")).success == "2")
    }
  }

  @Test func refusesAnAnswerThatIsTooLarge() async throws {
    try await withEcho { host in
      let fits = await host.invoke(.echo(#"{"mode":"big","bytes":6291556}"#))
      #expect(fits.success?.utf8.count == 6_291_556)
      let tooLarge = await host.invoke(.echo(#"{"mode":"big","bytes":6291557}"#))
      #expect(tooLarge.failure?["errorType"] == "Function.ResponseSizeTooLarge")
      #expect(await host.invoke(.echo("3")).success == "3")
    }
  }

  @Test(arguments: [("fail", "Function.NotReady"), ("exit", "Runtime.ExitError"), ("crash", "Runtime.ExitError")])
  func tellsThatTheStartFailed(how: String, errorType: String) async throws {
    try await withEcho(environment: ["ECHO_INIT": how]) { host in
      for _ in 0..<2 {
        let result = await host.invoke(.echo("{}"))
        #expect(result.failure?["errorType"]?.stringValue == errorType)
      }
    }
  }

  @Test func returnsTheEndOfTheLog() async throws {
    try await withEcho { host in
      var invocation = Invocation.echo(#"{"mode":"log","lines":2}"#)
      invocation.wantsLogTail = true
      let result = await host.invoke(invocation)
      let tail = String(buffer: try #require(result.logTail))
      #expect(tail.hasPrefix("START RequestId: \(result.requestID) Version: $LATEST\n"))
      #expect(tail.contains("\nEND RequestId: \(result.requestID)\nREPORT RequestId: \(result.requestID)\tDuration: "))
      #expect(tail.split(separator: "\n").count == 3 + 6)
    }
  }

  @Test func theLogOfACrashSaysSo() async throws {
    try await withEcho { host in
      var invocation = Invocation.echo(#"{"mode":"exit","code":3}"#)
      invocation.wantsLogTail = true
      let result = await host.invoke(invocation)
      let lines = String(buffer: try #require(result.logTail)).split(separator: "\n")
      #expect(
        lines.dropFirst().prefix(3) == [
          "RequestId: \(result.requestID) Error: Runtime exited with error: exit status 3", "Runtime.ExitError",
          "END RequestId: \(result.requestID)",
        ])
      #expect(lines.last?.hasSuffix("\tStatus: error\tError Type: Runtime.ExitError\t") == true)
    }
  }

  /// Many times what a pipe holds, written before the answer.
  @Test func aLongLogHoldsNothingUpAndLosesNothing() async throws {
    let errors = Mutex<[String]>([])
    let log: FunctionLogSink = { line in
      if line.text.hasPrefix("stderr") { errors.withLock { $0.append(line.text) } }
    }
    try await EchoFixture.run(log: log) { fixture in
      let event = #"{"mode":"log","lines":10000}"#
      #expect(try await fixture.invoke(event).text == event)
      while errors.withLock({ $0.last }) != "stderr line 9999" { try await Task.sleep(for: .milliseconds(5)) }
      #expect(errors.withLock { $0 } == (0..<10_000).map { "stderr line \($0)" })
    }
  }

  @Test func aProgramThatIsNotThereIsToldByName() async throws {
    let host = try FunctionHost(
      FunctionConfiguration(name: "lost", command: ["./nowhere"], workingDirectory: "/tmp"),
      eventLoop: MultiThreadedEventLoopGroup.singleton.any())
    let result = await host.invoke(.echo("{}"))
    #expect(result.failure?["errorMessage"]?.stringValue?.contains("/tmp/./nowhere") == true)
  }

  @Test func reservedVariablesAreRefused() {
    #expect(throws: FunctionConfigurationError.self) {
      try FunctionHost(
        FunctionConfiguration(
          name: "x", command: ["true"], workingDirectory: "/", environment: ["AWS_REGION": "eu-west-1"]),
        eventLoop: MultiThreadedEventLoopGroup.singleton.any())
    }
  }

  private func withEcho(
    timeout: Duration = .seconds(20), maximumConcurrency: Int = 10, environment: [String: String] = [:],
    _ body: (FunctionHost) async throws -> Void
  ) async throws {
    let host = try FunctionHost(
      FunctionConfiguration(
        name: "echo", command: [BuiltProducts.program("echo-function")], workingDirectory: "/",
        environment: environment, timeout: timeout, maximumConcurrency: maximumConcurrency),
      eventLoop: MultiThreadedEventLoopGroup.singleton.any())
    do {
      try await body(host)
    } catch {
      await host.shutdown()
      throw error
    }
    await host.shutdown()
  }
}

extension Invocation {
  static func echo(_ event: String) -> Invocation { Invocation(payload: Array(event.utf8)) }
}

extension InvocationResult {
  var success: String? {
    if case .success(let payload, _) = outcome { String(buffer: payload) } else { nil }
  }

  var failure: JSONValue? {
    if case .functionError(let payload) = outcome { try? JSONValue(parsing: payload.readableBytesView) } else { nil }
  }

  var isThrottled: Bool {
    if case .throttled = outcome { true } else { false }
  }
}
