import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Backend

/// The program as people start it.
@Suite struct CommandTests {
  @Test func withoutAVerbItSaysHowItIsUsed() async throws {
    for arguments in [[], ["serve"], ["schema", "--now"], ["migrate", "--dry-run", "now"]] {
      let result = try await backend(arguments)
      #expect(result.status == .exited(64), "\(arguments)")
      #expect(result.output == "")
      #expect(result.error.contains("Usage: backend"))
    }
  }

  @Test(arguments: [["--help"], ["help"], ["migrate", "--help"]])
  func helpIsGivenOnStandardOutput(_ arguments: [String]) async throws {
    let result = try await backend(arguments)
    #expect(result.status == .exited(0))
    #expect(result.output == Command.usage)
    #expect(result.error == "")
  }

  @Test func schemaPrintsTheDDL() async throws {
    let result = try await backend(["schema"])
    #expect(result.status == .exited(0))
    #expect(result.output == Schema.script(Schema.statements))
  }

  @Test func migrateMigrates() async throws {
    let url = try await TestDatabase.make().url
    let planned = try await backend(["migrate", "--dry-run"], databaseURL: url)
    #expect(planned.status == .exited(0))
    #expect(planned.output == Schema.script(Schema.statements))
    let migrated = try await backend(["migrate"], databaseURL: url)
    #expect(migrated.status == .exited(0))
    #expect(migrated.output == planned.output)
    let again = try await backend(["migrate"], databaseURL: url)
    #expect(again.status == .exited(0))
    #expect(again.output == "")
    #expect(again.error == "The database is as the models say.\n")
  }

  @Test func whatGoesWrongHasAnExitCodeAndAReason() async throws {
    let unset = try await backend(["migrate"])
    #expect(unset.status == .exited(78))
    #expect(unset.error.contains("DATABASE_URL"))
    let malformed = try await backend(["migrate"], databaseURL: "postgresql://[")
    #expect(malformed.status == .exited(78))
    #expect(malformed.error.contains("DATABASE_URL"))
    let away = try await backend(["migrate"], databaseURL: "postgresql://nobody@127.0.0.1:1/nothing")
    #expect(away.status == .exited(69))
    #expect(away.error.contains("cannot be reached"))
    let database = try await TestDatabase.make()
    let pool = try PostgresPool(url: database.url, size: 1)
    _ = try await pool.query("CREATE TABLE users (id text PRIMARY KEY, phone_number text)")
    await pool.close()
    let refused = try await backend(["migrate"], databaseURL: database.url)
    #expect(refused.status == .exited(1))
    #expect(refused.output == "")
    #expect(refused.error.contains("- users.id is text"))
  }
}

private struct CommandResult {
  let status: TerminationStatus
  let output: String
  let error: String
}

/// Runs the built program with nothing in its environment but the database.
private func backend(_ arguments: [String], databaseURL: String? = nil) async throws -> CommandResult {
  var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin"]
  if let databaseURL { variables["DATABASE_URL"] = databaseURL }
  let result = try await run(
    .path(FilePath(BuiltProducts.program("backend"))), arguments: Arguments(arguments), environment: .custom(variables),
    output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
  return CommandResult(
    status: result.terminationStatus, output: result.standardOutput, error: result.standardError)
}
