import Foundation
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// How the echo function's process ended, and what it wrote.
struct FunctionRun<Value: Sendable>: Sendable {
  let status: TerminationStatus
  let output: String
  let log: String
  /// What the script came to.
  let value: Value

  /// The lines of the log that are JSON objects.
  var logLines: [[String: String]] {
    log.split(separator: "\n").compactMap { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return object?.compactMapValues { $0 as? String }
    }
  }
}

/// Starts the echo function on a scripted Runtime API and plays the script.
///
/// When the script ends its connections close, and the function, which then has lost its Runtime API, ends as well.
/// A script that fails leaves no process behind.
func runFunction<Value: Sendable>(
  _ variables: [String: String?] = [:],
  _ script: @escaping @Sendable (ScriptedRuntimeAPI, _ process: pid_t) throws -> Value
) async throws -> FunctionRun<Value> {
  var environment: [Environment.Key: String?] = ["AWS_LAMBDA_RUNTIME_API": nil]
  for name in ["LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL", "_X_AMZN_TRACE_ID", "AWS_LAMBDA_MAX_CONCURRENCY"] {
    environment[Environment.Key(stringLiteral: name)] = .some(nil)
  }
  // The server belongs to the script's closure alone: when that is over, the port is closed.
  let server = try ScriptedRuntimeAPI()
  environment["AWS_LAMBDA_RUNTIME_API"] = server.address
  for (name, value) in variables { environment[Environment.Key(stringLiteral: name)] = value }

  let result = try await run(
    .path(FilePath(echoFunction)), environment: .inherit.updating(environment), input: .none,
    output: .string(limit: 1 << 20), error: .string(limit: 1 << 20)
  ) { [server] execution in
    let process = execution.processIdentifier.value
    do {
      return try await onThread {
        defer { server.stop() }
        return try script(server, process)
      }
    } catch {
      kill(process, SIGKILL)
      throw error
    }
  }
  return FunctionRun(
    status: result.terminationStatus, output: result.standardOutput, log: result.standardError,
    value: result.closureResult)
}

/// The built fixture, beside the tests' own bundle.
private let echoFunction: String = {
  let bundle = Bundle.allBundles.map(\.bundleURL).first { $0.pathExtension == "xctest" }
  let folder =
    bundle?.deletingLastPathComponent() ?? URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
  return folder.appending(path: "echo-function").path
}()
