import JSON
import TestSupport
import Testing

@testable import LocalLambda

/// What a caller's log says of an init that failed. It is run inside the invocation, so what it prints, how long it
/// takes and how it ends are the invocation's.
@Suite(.timeLimit(.minutes(2))) struct InitLogTests {
  struct Failure: Sendable, CustomTestStringConvertible {
    var command: [String]
    /// What stands between START and END; `ID` is the request's id.
    var lines: [String]
    var type: String

    var testDescription: String { type }
  }

  @Test(arguments: [
    Failure(
      command: ["sh", "-c", "echo no good; exit 5"],
      lines: ["no good", "RequestId: ID Error: Runtime exited with error: exit status 5", "Runtime.ExitError"],
      type: "Runtime.ExitError"),
    Failure(
      command: [
        "sh", "-c",
        """
        echo no good
        curl -sS -o /dev/null -X POST -d '{}' -H 'Lambda-Runtime-Function-Error-Type: Function.NotReady' \
          "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/init/error"
        """,
      ], lines: ["no good"], type: "Function.NotReady"),
    Failure(
      command: ["/nowhere/at/all"],
      lines: [
        "RequestId: ID Error: There is no program /nowhere/at/all. Build it, or correct the path.",
        "Runtime.InvalidEntrypoint",
      ], type: "Runtime.InvalidEntrypoint"),
  ])
  func saysWhatWentWrong(failure: Failure) async throws {
    try await EchoFixture.run(command: failure.command) { fixture in
      let response = try await fixture.invoke("1", headers: [("X-Amz-Log-Type", "Tail")])
      #expect(response.header("x-amz-function-error") == "Unhandled")
      let log = try Log(of: response)
      let lines = failure.lines.map { $0.replacing(" ID ", with: " \(log.requestID) ") }
      #expect(log.lines == lines)
      #expect(log.report.hasSuffix("\tStatus: error\tError Type: \(failure.type)\t"), "\(log.report)")
      #expect(try log.billedMilliseconds >= 1)
    }
  }

  @Test func aTimeoutSaysSoAndIsBilled() async throws {
    try await EventFixture.run(first: {
      $0.environment = ["ECHO_INIT": "hang"]
      $0.timeout = .seconds(1)
      $0.initTimeout = .milliseconds(300)
    }) { fixture in
      let response = try await fixture.lambda.send(
        "POST", "/2015-03-31/functions/first/invocations", headers: [("X-Amz-Log-Type", "Tail")], body: Array("1".utf8))
      #expect(response.json?["errorType"] == "Sandbox.Timedout")
      let log = try Log(of: response)
      #expect(log.lines == ["\(log.requestID) Task timed out after 1.00 seconds"])
      #expect(log.report.hasSuffix("\tStatus: timeout\t"), "\(log.report)")
      #expect(try log.billedMilliseconds >= 1000)
    }
  }

  /// The first start takes too long, the second one half of the time of the invocation that waits for it.
  @Test func anInitThatIsBegunAnewTakesOfTheInvocationsTime() async throws {
    try await TemporaryFolder.with { folder in
      let start = "if (set -C; : > \(folder.path)/first) 2>/dev/null; then sleep 60; fi; sleep 1; exec \"$0\""
      try await EchoFixture.run(
        timeout: .seconds(2), initTimeout: .milliseconds(300),
        command: ["sh", "-c", start, BuiltProducts.program("echo-function")]
      ) { fixture in
        let response = try await fixture.invoke(#"{"mode":"hang"}"#, headers: [("X-Amz-Log-Type", "Tail")])
        #expect(response.json?["errorType"] == "Sandbox.Timedout")
        let log = try Log(of: response)
        #expect(try log.billedMilliseconds < 3000, "the time of the invocation, init and all: \(log.report)")
        #expect(!log.report.contains("Init Duration"))
        let context = try await fixture.invoke(#"{"mode":"context"}"#)
        #expect(context.status == 200)
      }
    }
  }

  @Test func aLongLogIsTheEndOfIt() async throws {
    let script = "i=0; while [ $i -lt 1000 ]; do i=$((i + 1)); echo this is line $i; done; exit 5"
    try await EchoFixture.run(command: ["sh", "-c", script]) { fixture in
      let response = try await fixture.invoke("1", headers: [("X-Amz-Log-Type", "Tail")])
      let bytes = try #require(response.header("x-amz-log-result").flatMap { Base64.decode($0) })
      #expect(bytes.count == 4096)
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      #expect(lines.contains("this is line 1000"))
      #expect(!lines.contains("this is line 1"))
    }
  }

  /// A caller's log, taken apart.
  private struct Log {
    let requestID: String
    let lines: [String]
    let report: String

    init(of response: OneShotClient.Response) throws {
      let id = try #require(response.header("x-amzn-requestid"))
      let bytes = try #require(response.header("x-amz-log-result").flatMap { Base64.decode($0) })
      let all = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      try #require(all.count >= 3)
      #expect(all[0] == "START RequestId: \(id) Version: $LATEST")
      #expect(all[all.count - 2] == "END RequestId: \(id)")
      requestID = id
      lines = Array(all[1..<all.count - 2])
      report = all[all.count - 1]
    }

    var billedMilliseconds: Int {
      get throws {
        let match = try #require(report.firstMatch(of: #/\tBilled Duration: (\d+) ms\t/#))
        return try #require(Int(match.1))
      }
    }
  }
}
