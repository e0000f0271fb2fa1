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
      // Temporary tables count as writing, also where all that is wanted is a plan. Only the first statement can ask.
      _ = try await connection.query("SET TRANSACTION READ WRITE")
      // Two at once work one after the other; the second finds nothing left to do.
      _ = try await connection.query("SELECT pg_advisory_xact_lock($1)", Self.lock)
      // A table that others keep busy is no reason to make all others wait behind us.
      _ = try await connection.query("SET LOCAL lock_timeout = '10s'")
      let plan = try await plan(on: connection)
      guard plan.refusals.isEmpty else { return .refused(plan.refusals) }
      if !isDryRun {
        // Whoever made the database read-only meant the tables that stay.
        _ = try await connection.query(Self.asDatabaseSays)
        for statement in plan.statements { _ = try await connection.query(SQL(schema: statement)) }
      }
      return .statements(plan.statements)
    }
  }

  /// Compares the database with tables that are made from the models and go away again.
  private func plan(on connection: PostgresConnection) async throws -> (statements: [String], refusals: [String]) {
    let places = try await connection.query(Self.place)
    guard let place = places.first, let schema = try place.decode(0, as: String?.self) else {
      return ([], ["The search path of this user names no schema that exists: there is no place for the tables."])
    }
    guard try place.decode(1, as: Bool.self) else {
      let grant: String = try place.decode(2)
      return ([], ["This user may not make the temporary tables that a plan is made with. By hand: \(grant)"])
    }
    _ = try await connection.query(Self.searchOnly, schema)
    let live = try await SchemaSnapshot(on: connection)
    let wanted = try await SchemaSnapshot.ofModels(fitting: live, on: connection)
    let plan = MigrationPlan(from: live, to: wanted)
    var refusals = plan.refusals
    for obstacle in plan.obstacles {
      let answers = try await connection.query(SQL(schema: obstacle.question))
      if try answers.first?.decode(0) == true { refusals.append(obstacle.refusal) }
    }
    return (plan.statements, refusals)
  }

  private static let asDatabaseSays = SQL(
    "SELECT set_config('transaction_read_only', current_setting('default_transaction_read_only'), true)")

  /// Where the tables are, or will be, whether they can be compared there, and what would allow that.
  private static let place = SQL(
    """
    SELECT current_schema()::text, has_database_privilege(current_database(), 'TEMPORARY'),
      format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), current_user)
    """)

  private static let searchOnly = SQL("SELECT set_config('search_path', quote_ident($1), true)")
}
