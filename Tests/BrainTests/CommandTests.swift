import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The program as it is started.
@Suite struct CommandTests {
  @Test(arguments: [[], ["brain"], ["--help"]] as [[String]])
  func withoutARuntimeAPIItSaysHowItIsUsed(_ arguments: [String]) async throws {
    let result = try await brain(arguments)
    #expect(result.status == .exited(64))
    #expect(result.error.contains("usage: brain"))
  }

  /// As `aws-lambda-rie ./brain brain` does.
  @Test func argumentsMeanNothingOnLambda() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.reply(202, json: #"{"status":"OK"}"#)
    } body: { runtimeAPI in
      let result = try await brain(["brain"], runtimeAPI: "127.0.0.1:\(runtimeAPI.port)")
      // It begins, and finds that its variables are missing.
      #expect(result.status == .exited(1))
      let report = try #require(runtimeAPI.requests.first)
      #expect(report.target == "/2018-06-01/runtime/init/error")
      #expect(report.text.contains("BACKEND_URL"))
    }
  }
}

private struct CommandResult {
  let status: TerminationStatus
  let error: String
}

/// Runs the built program with nothing in its environment but the address of the Runtime API.
private func brain(_ arguments: [String], runtimeAPI: String? = nil) async throws -> CommandResult {
  var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin"]
  if let runtimeAPI { variables["AWS_LAMBDA_RUNTIME_API"] = runtimeAPI }
  let result = try await run(
    .path(FilePath(BuiltProducts.program("brain"))), arguments: Arguments(arguments), environment: .custom(variables),
    output: .discarded, error: .string(limit: 1 << 16))
  return CommandResult(status: result.terminationStatus, error: result.standardError)
}
