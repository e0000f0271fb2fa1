import LambdaRuntime
import Postgres

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the program does when it is started by hand.
enum Command: Equatable {
  case help
  case schema
  case migrate(isDryRun: Bool)
  case wrong(String)

  static let usage = """
    Usage: backend VERB

      schema               print the DDL of the models
      migrate [--dry-run]  bring the database at DATABASE_URL up to the models with additive SQL, or only print that SQL
      --help               print this

    Without a verb it is an AWS Lambda function, which Lambda (or lambda-local) starts with AWS_LAMBDA_RUNTIME_API set.

    """

  /// Nil when the first argument is no verb.
  init?(_ arguments: ArraySlice<String>) {
    guard let verb = arguments.first else { return nil }
    let options = arguments.dropFirst()
    switch verb {
    case "help", "--help", "-h": self = .help
    case "schema": self = Self.schema.taking(options, of: verb)
    case "migrate":
      self = Self.migrate(isDryRun: options.contains("--dry-run")).taking(options, of: verb, ["--dry-run"])
    default: return nil
    }
  }

  private func taking(_ options: ArraySlice<String>, of verb: String, _ known: Set<String> = []) -> Command {
    if options.contains("--help") || options.contains("-h") { return .help }
    guard let unknown = options.first(where: { !known.contains($0) }) else { return self }
    return .wrong("backend \(verb): unknown option \"\(unknown)\"")
  }

  /// Does it, and ends the process with what came of it.
  func runAndExit() -> Never {
    switch self {
    case .help:
      Terminal.output(Self.usage)
      exit(ExitCode.done)
    case .schema:
      Terminal.output(Schema.script(Schema.statements))
      exit(ExitCode.done)
    case .wrong(let problem):
      Terminal.error("\(problem)\n\(Self.usage)")
      exit(ExitCode.usage)
    case .migrate(let isDryRun):
      Task { exit(await Self.migrate(isDryRun: isDryRun, environment: LambdaEnvironment())) }
      while true { pause() }
    }
  }

  private static func migrate(isDryRun: Bool, environment: LambdaEnvironment) async -> Int32 {
    do {
      let database = try PostgresPool(url: try Settings.databaseURL(environment), size: 1)
      let outcome = try await Migration(database: database).run(isDryRun: isDryRun)
      await database.close()
      return report(outcome, isDryRun: isDryRun)
    } catch let error as LambdaConfigurationError {
      Terminal.error("backend migrate: \(error)\n")
      return ExitCode.configuration
    } catch let error as PostgresError {
      return report(error)
    } catch {
      Terminal.error("backend migrate: \(error)\n")
      return ExitCode.failed
    }
  }

  private static func report(_ outcome: Migration.Outcome, isDryRun: Bool) -> Int32 {
    switch outcome {
    case .statements(let statements):
      Terminal.output(Schema.script(statements))
      Terminal.error(
        statements.isEmpty
          ? "The database is as the models say.\n"
          : isDryRun
            ? "\(statements.count) statements would run.\n"
            : "\(statements.count) statements have run, in one transaction.\n")
      return ExitCode.done
    case .refused(let refusals):
      Terminal.error(
        """
        backend migrate: nothing was changed. Additive SQL alone does not lead to the models:
        \(refusals.map { "- \($0)" }.joined(separator: "\n"))

        """)
      return ExitCode.failed
    }
  }

  private static func report(_ error: PostgresError) -> Int32 {
    switch error.kind {
    case .configuration:
      Terminal.error("backend migrate: DATABASE_URL cannot be used: \(error.message)\n")
      return ExitCode.configuration
    case .couldNotConnect, .connectionLost:
      Terminal.error("backend migrate: the database at DATABASE_URL cannot be reached: \(error.message)\n")
      return ExitCode.unavailable
    default:
      Terminal.error("backend migrate: nothing was changed. PostgreSQL refused: \(error)\n")
      if let statement = error.statement { Terminal.error("\(statement)\n") }
      return ExitCode.failed
    }
  }
}

/// Exit codes, as in sysexits.h.
enum ExitCode {
  static let done: Int32 = 0
  static let failed: Int32 = 1
  static let usage: Int32 = 64
  static let unavailable: Int32 = 69
  static let configuration: Int32 = 78
}

/// The two streams of a command.
enum Terminal {
  static func output(_ text: String) { write(text, to: STDOUT_FILENO) }
  static func error(_ text: String) { write(text, to: STDERR_FILENO) }

  private static func write(_ text: String, to descriptor: Int32) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      #if canImport(Glibc)
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      #else
        let count = rest.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
      #endif
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
