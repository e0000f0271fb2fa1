public import Subprocess
import Synchronization

#if canImport(System)
  import System
#else
  import SystemPackage
#endif

/// A program of the project as a user runs it.
public enum CommandProcess {
  /// How it ended, and what it said.
  public struct Ending: Sendable {
    /// The exit code; nil after a signal.
    public var code: Int32?
    /// Standard output.
    public var output: String
    /// Standard error.
    public var error: String
  }

  /// Runs `lambda-local` to its end. Input is for verbs that read it: swift-subprocess ends this process when the
  /// other one is gone before it has been written.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil, workingDirectory: String? = nil
  ) async throws -> Ending {
    let configuration = Configuration(
      executable: .path(FilePath(BuiltProducts.program("lambda-local"))), arguments: Arguments(arguments),
      environment: inherited(with: environment), workingDirectory: workingDirectory.map { FilePath($0) })
    guard let input else {
      let result = try await Subprocess.run(
        configuration, input: .none, output: .string(limit: 1 << 24), error: .string(limit: 1 << 24))
      return Ending(
        code: code(of: result.terminationStatus), output: result.standardOutput, error: result.standardError)
    }
    let result = try await Subprocess.run(
      configuration, input: .string(input), output: .string(limit: 1 << 24), error: .string(limit: 1 << 24))
    return Ending(
      code: code(of: result.terminationStatus), output: result.standardOutput, error: result.standardError)
  }

  /// Runs `lambda-local` until it writes `marker` to standard error, then the body with what was written so far, and
  /// then ends it as Ctrl-C or `kill` does.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:], until marker: String, signal: Signal = .terminate,
    workingDirectory: String? = nil, _ body: @escaping @Sendable (String) async throws -> Void
  ) async throws -> Ending {
    let said = Mutex("")
    let result = try await Subprocess.run(
      .path(FilePath(BuiltProducts.program("lambda-local"))), arguments: Arguments(arguments),
      environment: inherited(with: environment), workingDirectory: workingDirectory.map { FilePath($0) },
      input: .none, output: .string(limit: 1 << 24), error: .sequence
    ) { execution in
      var problem: (any Error)?
      var isReady = false
      for try await line in execution.standardError.strings() {
        let sofar = said.withLock { text in
          text += line + "\n"
          return text
        }
        guard !isReady, line.contains(marker) else { continue }
        isReady = true
        do { try await body(sofar) } catch { problem = error }
        try execution.send(signal: signal)
      }
      if let problem { throw problem }
    }
    return Ending(
      code: code(of: result.terminationStatus), output: result.standardOutput, error: said.withLock { $0 })
  }

  /// Runs `lambda-local` until what is given a line of its standard output says that it is enough, and then ends it as
  /// `kill` does.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:], signal: Signal = .terminate,
    outputUntil isEnough: @escaping @Sendable (String) async throws -> Bool
  ) async throws -> Ending {
    let said = Mutex("")
    let result = try await Subprocess.run(
      .path(FilePath(BuiltProducts.program("lambda-local"))), arguments: Arguments(arguments),
      environment: inherited(with: environment), input: .none, output: .sequence, error: .string(limit: 1 << 24)
    ) { execution in
      var isOver = false
      for try await line in execution.standardOutput.strings() {
        said.withLock { $0 += line + "\n" }
        if !isOver, try await isEnough(line) {
          isOver = true
          try execution.send(signal: signal)
        }
      }
    }
    return Ending(
      code: code(of: result.terminationStatus), output: said.withLock { $0 }, error: result.standardError)
  }

  /// The variables of the stack are taken out: a developer may have them set.
  private static func inherited(with own: [String: String]) -> Environment {
    var changes: [Environment.Key: String?] = [:]
    for name in [
      "DATABASE_URL", "SQS_QUEUE_URL", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "BACKEND_URL", "BACKEND_API_KEY",
      "LLM_PROVIDER", "LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL", "INACTIVITY_THRESHOLD", "LOG_LEVEL", "AWS_REGION",
    ] {
      changes[Environment.Key(stringLiteral: name)] = .some(nil)
    }
    for (name, value) in own { changes[Environment.Key(stringLiteral: name)] = value }
    return .inherit.updating(changes)
  }

  private static func code(of status: TerminationStatus) -> Int32? {
    if case .exited(let code) = status { code } else { nil }
  }
}
