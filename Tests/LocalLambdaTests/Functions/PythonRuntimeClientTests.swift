import JSON
import TestSupport
import Testing

@testable import LocalLambda

/// AWS's own runtime client for Python, where it is installed (`pip install awslambdaric`): one invocation after the
/// other, and several at once.
@Suite(.enabled(if: Python.has("awslambdaric")), .timeLimit(.minutes(3))) struct PythonRuntimeClientTests {
  private static let handler = """
    import os, time
    def handler(event, context):
        if isinstance(event, dict) and event.get("mode") == "fail": raise ValueError("asked to fail")
        if isinstance(event, dict) and event.get("mode") == "sleep": time.sleep(event["seconds"])
        return {"event": event, "id": context.aws_request_id, "process": os.getpid(),
                "left": context.get_remaining_time_in_millis()}
    """

  private func hosted(
    environment: [String: String] = [:], timeout: Duration = .seconds(60),
    _ body: (EchoFixture) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { folder in
      folder.write(Self.handler, to: "app.py")
      try await EchoFixture.run(
        timeout: timeout, maximumConcurrency: 1,
        environment: environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 },
        command: ["python3", "-m", "awslambdaric", "app.handler"], workingDirectory: folder.path, body)
    }
  }

  @Test func isServedAndFails() async throws {
    try await hosted { fixture in
      let response = try await fixture.invoke(#"{"a":["ü",1]}"#)
      #expect(response.json?["event"] == ["a": ["ü", 1]])
      #expect(response.json?["id"]?.stringValue == response.header("x-amzn-requestid"))
      #expect((1...60_000).contains(response.json?["left"]?.int64Value ?? 0))
      let failed = try await fixture.invoke(#"{"mode":"fail"}"#)
      #expect(failed.header("x-amz-function-error") == "Unhandled")
      #expect(failed.json?["errorType"] == "ValueError")
      #expect(failed.json?["errorMessage"] == "asked to fail")
    }
  }

  @Test func worksOnSeveralAtOnce() async throws {
    try await hosted(environment: ["AWS_LAMBDA_MAX_CONCURRENCY": "8"]) { fixture in
      _ = try await fixture.invoke("0")
      while await fixture.host.pollCount < 8 { try await Task.sleep(for: .milliseconds(5)) }
      let answers = try await withThrowingTaskGroup(of: JSONValue?.self) { group in
        for number in 0..<8 {
          group.addTask {
            try await fixture.invoke(#"{"mode":"sleep","seconds":1,"number":\#(number)}"#).json
          }
        }
        while await fixture.host.runningCount < 8 { try await Task.sleep(for: .milliseconds(2)) }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(answers.map { $0?["event"]?["number"]?.int64Value }).count == 8)
      #expect(await fixture.host.environmentCount == 1)
    }
  }

  @Test func itsLateAnswerIsRefusedAndItGoesOn() async throws {
    try await hosted(environment: ["AWS_LAMBDA_MAX_CONCURRENCY": "2"], timeout: .seconds(3)) { fixture in
      _ = try await fixture.invoke("0")
      while await fixture.host.pollCount < 2 { try await Task.sleep(for: .milliseconds(5)) }
      let process = await fixture.host.processIDs
      let late = try await fixture.invoke(#"{"mode":"sleep","seconds":4}"#)
      #expect(late.json?["errorType"] == "Sandbox.Timedout")
      while await fixture.host.pollCount < 2 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(try await fixture.invoke("1").json?["event"] == 1)
      #expect(await fixture.host.processIDs == process)
    }
  }
}
