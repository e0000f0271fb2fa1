import Postgres
import TestSupport
import Testing

/// Runs `body` with a pool on a database of its own.
func withPool(
  size: Int = 4, statementTimeout: Duration? = nil, _ body: (PostgresPool) async throws -> Void
) async throws {
  let pool = try PostgresPool(
    url: try await TestDatabase.make().url, size: size, statementTimeout: statementTimeout)
  try await body(pool)
  await pool.close()
}

/// Runs `body` with a pool on a database of its own, and another one to watch it with.
func withObservedPool(size: Int, _ body: (_ pool: PostgresPool, _ observer: PostgresPool) async throws -> Void)
  async throws
{
  let database = try await TestDatabase.make()
  let pool = try PostgresPool(url: database.url, size: size)
  let observer = try PostgresPool(url: database.url, size: 1)
  try await body(pool, observer)
  await pool.close()
  await observer.close()
}

/// The error that a call fails with.
func postgresError(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async throws -> PostgresError {
  var found: PostgresError?
  do { try await body() } catch let error as PostgresError { found = error }
  return try #require(found, "no error was thrown", sourceLocation: sourceLocation)
}

/// Returns when the condition holds; what never happens is left to the test's time limit.
func eventually(_ condition: () async throws -> Bool) async throws {
  while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
}

/// The server's process of a connection.
func backendPID(_ pool: PostgresPool) async throws -> Int32 {
  try #require(await pool.query("SELECT pg_backend_pid()").first).decode(0)
}

/// The server's process that runs, or waits in, a statement with the given text, once there is one.
func pidOfStatement(containing text: String, in observer: PostgresPool) async throws -> Int32 {
  var found: Int32?
  try await eventually {
    found = try await observer.query(
      """
      SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND strpos(query, $1) > 0
      """, text
    ).first?.decode(0)
    return found != nil
  }
  return try #require(found)
}

/// Ends a server's process and waits until it is gone.
func terminate(_ pid: Int32, by observer: PostgresPool) async throws {
  _ = try await observer.query("SELECT pg_terminate_backend($1)", pid)
  try await eventually { try await observer.query("SELECT FROM pg_stat_activity WHERE pid = $1", pid).isEmpty }
}
