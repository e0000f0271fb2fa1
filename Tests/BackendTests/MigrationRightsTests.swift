import Postgres
import TestSupport
import Testing

@testable import Backend

/// What a migration has to be allowed to do.
@Suite struct MigrationRightsTests {
  @Test func rightsOnTheSchemaAreEnough() async throws {
    let database = try await TestDatabase.make()
    let user = try await database.makeUser()
    #expect(try await database.migrate(isDryRun: true, as: user) == .statements(Schema.statements))
    #expect(try await database.migrate(isDryRun: false, as: user) == .statements(Schema.statements))
    #expect(try await database.migrate(isDryRun: false, as: user) == .statements([]))
  }

  @Test func aRightThatWasTakenAwayIsNamed() async throws {
    let database = try await TestDatabase.make()
    let user = try await database.makeUser()
    try await database.execute(["REVOKE TEMPORARY ON DATABASE \(database.name) FROM PUBLIC"])
    guard case .refused(let reasons) = try await database.migrate(isDryRun: true, as: user) else {
      Issue.record("it was not refused")
      return
    }
    let grant = "GRANT TEMPORARY ON DATABASE \(database.name) TO \(user)"
    #expect(reasons.count == 1)
    #expect(reasons.first?.hasSuffix("By hand: \(grant)") == true, "\(reasons)")
    try await database.execute([grant])
    #expect(try await database.migrate(isDryRun: true, as: user) == .statements(Schema.statements))
  }

  @Test func aReadOnlyDatabaseIsPlannedForAndNotChanged() async throws {
    let database = try await TestDatabase.make()
    try await database.execute(["ALTER DATABASE \(database.name) SET default_transaction_read_only = on"])
    #expect(try await database.migrate(isDryRun: true) == .statements(Schema.statements))
    let error = await #expect(throws: PostgresError.self) { try await database.migrate(isDryRun: false) }
    #expect(error?.sqlState == "25006")
    try await database.execute(["SET default_transaction_read_only = off"] + Schema.statements)
    #expect(try await database.migrate(isDryRun: false) == .statements([]))
  }

  @Test func schemasOfOthersAreInNobodysWay() async throws {
    let database = try await TestDatabase.make()
    try await database.execute(["CREATE SCHEMA backend_models", "CREATE TABLE backend_models.users (id text)"])
    #expect(try await database.migrate(isDryRun: true) == .statements(Schema.statements))
  }
}

extension TestDatabase {
  /// Runs statements one after the other, as the server's owner and in one session.
  fileprivate func execute(_ statements: [String]) async throws {
    let pool = try PostgresPool(url: url, size: 1)
    for statement in statements { _ = try await pool.query(SQL(schema: statement)) }
    await pool.close()
  }

  /// Makes a user who may do anything in the schema, and nothing to the database.
  fileprivate func makeUser() async throws -> String {
    let user = "user_of_\(name)"
    try await execute(["CREATE ROLE \(user) LOGIN", "GRANT ALL ON SCHEMA public TO \(user)"])
    return user
  }

  /// Migrates in a session of its own.
  fileprivate func migrate(isDryRun: Bool, as user: String = "lambda") async throws -> Migration.Outcome {
    let pool = try PostgresPool(url: url.replacing("user=lambda", with: "user=\(user)"), size: 1)
    let outcome = try await Migration(database: pool).run(isDryRun: isDryRun)
    await pool.close()
    return outcome
  }
}
