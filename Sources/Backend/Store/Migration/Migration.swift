import Postgres

/// Brings a database up to the models with additive SQL.
struct Migration: Sendable {
  let database: PostgresPool

  /// How a migration ended.
  enum Outcome: Sendable, Equatable {
    /// These statements were run, or would be; none when the database is as it should be.
    case statements([String])
    /// Nothing was changed, for these reasons.
    case refused([String])
  }

  /// Any number, as long as it is this one: who holds it migrates.
  private static let lock: Int64 = 7_306_930_245_518_614_529

  /// Plans and, unless `isDryRun`, runs what is missing, all in one transaction.
  func run(isDryRun: Bool) async throws -> Outcome {
    try await database.transaction { connection in
      // Two at once work one after the other; the second finds nothing left to do.
      _ = try await connection.query("SELECT pg_advisory_xact_lock($1)", Self.lock)
      // A table that others keep busy is no reason to make all others wait behind us.
      _ = try await connection.query("SET LOCAL lock_timeout = '10s'")
      let plan = try await plan(on: connection)
      guard plan.refusals.isEmpty else { return .refused(plan.refusals) }
      if !isDryRun {
        for statement in plan.statements { _ = try await connection.query(SQL(schema: statement)) }
      }
      return .statements(plan.statements)
    }
  }

  /// Compares the database with a schema that is made from the models and goes away again.
  private func plan(on connection: PostgresConnection) async throws -> (statements: [String], refusals: [String]) {
    let schemas = try await connection.query("SELECT current_schema()::text")
    guard let liveSchema = try schemas.first?.decode(0, as: String?.self) else {
      return ([], ["The search path of this user names no schema that exists: there is no place for the tables."])
    }
    let modelSchema = "backend_models"
    _ = try await connection.query("SAVEPOINT models")
    _ = try await connection.query(SQL(schema: "CREATE SCHEMA \(modelSchema)"))
    _ = try await connection.query(Self.searchOnly, modelSchema)
    for statement in Schema.statements { _ = try await connection.query(SQL(schema: statement)) }
    let wanted = try await SchemaSnapshot(of: modelSchema, on: connection)
    _ = try await connection.query("ROLLBACK TO SAVEPOINT models")

    _ = try await connection.query(Self.searchOnly, liveSchema)
    let live = try await SchemaSnapshot(of: liveSchema, on: connection)
    let plan = MigrationPlan(from: live, to: wanted)
    var refusals = plan.refusals
    for obstacle in plan.obstacles {
      let answers = try await connection.query(SQL(schema: obstacle.question))
      if try answers.first?.decode(0) == true { refusals.append(obstacle.refusal) }
    }
    return (plan.statements, refusals)
  }

  private static let searchOnly = SQL("SELECT set_config('search_path', quote_ident($1), true)")
}
