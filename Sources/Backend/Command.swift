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

    Without a verb it is an AWS Lambda function, which Lambda starts with AWS_LAMBDA_RUNTIME_API set.

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
      StandardStream.output.write(Self.usage)
      exitProcess(.done)
    case .schema:
      StandardStream.output.write(Schema.script(Schema.statements))
      exitProcess(.done)
    case .wrong(let problem):
      StandardStream.error.write("\(problem)\n\(Self.usage)")
      exitProcess(.wrongUsage)
    case .migrate(let isDryRun):
      Task { exitProcess(await Self.migrate(isDryRun: isDryRun, environment: LambdaEnvironment())) }
      while true { pause() }
    }
  }

  private static func migrate(isDryRun: Bool, environment: LambdaEnvironment) async -> ExitCode {
    do {
      let database = try PostgresPool(url: try Settings.databaseURL(environment), size: 1)
      let outcome = try await Migration(database: database).run(isDryRun: isDryRun)
      await database.close()
      return report(outcome, isDryRun: isDryRun)
    } catch let error as LambdaConfigurationError {
      StandardStream.error.write("backend migrate: \(error)\n")
      return .badConfiguration
    } catch let error as PostgresError {
      return report(error)
    } catch {
      StandardStream.error.write("backend migrate: \(error)\n")
      return .failed
    }
  }

  private static func report(_ outcome: Migration.Outcome, isDryRun: Bool) -> ExitCode {
    switch outcome {
    case .statements(let statements):
      StandardStream.output.write(Schema.script(statements))
      StandardStream.error.write(
        statements.isEmpty
          ? "The database is as the models say.\n"
          : isDryRun
            ? "\(statements.count) statements would run.\n"
            : "\(statements.count) statements have run, in one transaction.\n")
      return .done
    case .refused(let refusals):
      StandardStream.error.write(
        """
        backend migrate: nothing was changed. Additive SQL alone does not lead to the models:
        \(refusals.map { "- \($0)" }.joined(separator: "\n"))

        """)
      return .failed
    }
  }

  private static func report(_ error: PostgresError) -> ExitCode {
    switch error.kind {
    case .configuration:
      StandardStream.error.write("backend migrate: DATABASE_URL cannot be used: \(error.message)\n")
      return .badConfiguration
    case .couldNotConnect, .connectionLost:
      StandardStream.error.write("backend migrate: the database at DATABASE_URL cannot be reached: \(error.message)\n")
      return .unavailable
    default:
      StandardStream.error.write("backend migrate: nothing was changed. PostgreSQL refused: \(error)\n")
      if let statement = error.statement { StandardStream.error.write("\(statement)\n") }
      return .failed
    }
  }
}
