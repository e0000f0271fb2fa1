import Postgres
import TestSupport
import Testing

@Suite("Transactions", .timeLimit(.minutes(5))) struct TransactionTests {
  private struct Failure: Error {}

  private func withTable(_ body: (PostgresPool) async throws -> Void) async throws {
    try await withPool(size: 2) { pool in
      _ = try await pool.query("CREATE TABLE t (a integer UNIQUE DEFERRABLE INITIALLY DEFERRED)")
      try await body(pool)
    }
  }

  private func count(_ pool: PostgresPool) async throws -> Int {
    try #require(await pool.query("SELECT count(*) FROM t").first).decode(0)
  }

  @Test("What returns is committed, and seen by others only then")
  func commit() async throws {
    try await withTable { (pool: PostgresPool) async throws -> Void in
      let answer = try await pool.transaction { connection in
        _ = try await connection.query("INSERT INTO t VALUES (1)")
        #expect(try await count(pool) == 0)
        return try await connection.query("SELECT a FROM t").count
      }
      #expect(answer == 1)
      #expect(try await count(pool) == 1)
    }
  }

  @Test("What throws is rolled back, from any depth")
  func rollback() async throws {
    try await withTable { (pool: PostgresPool) async throws -> Void in
      func inner(_ connection: PostgresConnection) async throws {
        _ = try await connection.query("INSERT INTO t VALUES (2)")
        throw Failure()
      }
      await #expect(throws: Failure.self) {
        try await pool.transaction { connection in
          _ = try await connection.query("INSERT INTO t VALUES (1)")
          try await inner(connection)
        }
      }
      #expect(try await count(pool) == 0)
    }
  }

  @Test("A failed statement ends the transaction, even when its error was swallowed")
  func swallowed() async throws {
    try await withTable { (pool: PostgresPool) async throws -> Void in
      let error = try await postgresError {
        try await pool.transaction { connection in
          _ = try await connection.query("INSERT INTO t VALUES (1)")
          _ = try? await connection.query("SELECT 1/0")
        }
      }
      #expect(error.message.contains("rolled back"))
      #expect(try await count(pool) == 0)
    }
  }

  @Test("A COMMIT that fails is an error")
  func failedCommit() async throws {
    try await withTable { (pool: PostgresPool) async throws -> Void in
      let error = try await postgresError {
        try await pool.transaction { connection in
          _ = try await connection.query("INSERT INTO t VALUES (1), (1)")
        }
      }
      #expect(error.sqlState == "23505")
      #expect(try await count(pool) == 0)
    }
  }

  @Test("A cancelled task's transaction is rolled back, even when its body returns")
  func cancelled() async throws {
    try await withTable { (pool: PostgresPool) async throws -> Void in
      let (inserted, insertion) = AsyncStream<Void>.makeStream()
      let task = Task {
        try await pool.transaction { connection in
          _ = try await connection.query("INSERT INTO t VALUES (1)")
          insertion.finish()
          while !Task.isCancelled { await Task.yield() }
        }
      }
      for await _ in inserted {}
      task.cancel()
      #expect(try await postgresError { try await task.value }.kind == .cancelled)
      #expect(try await count(pool) == 0)
    }
  }

  @Test("A connection that is lost within a transaction fails all of its rest, and no other")
  func lostConnection() async throws {
    try await withTable { (pool: PostgresPool) async throws -> Void in
      let error = try await postgresError {
        try await pool.transaction { connection in
          _ = try await connection.query("INSERT INTO t VALUES (1)")
          let backend: Int32 = try #require(await connection.query("SELECT pg_backend_pid()").first).decode(0)
          try await terminate(backend, by: pool)
          let first = try await postgresError { _ = try await connection.query("INSERT INTO t VALUES (2)") }
          #expect(first.kind == .connectionLost)
          _ = try await connection.query("INSERT INTO t VALUES (3)")
        }
      }
      #expect(error.kind == .connectionLost)
      #expect(try await count(pool) == 0)
      try await pool.transaction { _ = try await $0.query("INSERT INTO t VALUES (4)") }
      #expect(try await count(pool) == 1)
    }
  }

  @Test("A transaction that a borrower left open does not reach the next one")
  func leftOpen() async throws {
    try await withTable { (pool: PostgresPool) async throws -> Void in
      try await pool.withConnection { connection in
        _ = try await connection.query("BEGIN")
        _ = try await connection.query("INSERT INTO t VALUES (1)")
      }
      #expect(try await count(pool) == 0)
      let open = try await pool.query(
        "SELECT FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()")
      #expect(open.isEmpty)
    }
  }
}
