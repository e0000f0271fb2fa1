import Postgres
import TestSupport
import Testing

@Suite("Errors of statements", .timeLimit(.minutes(5))) struct ErrorTests {
  @Test("A violated constraint is named, with all that the server says about it")
  func uniqueViolation() async throws {
    try await withPool { pool in
      _ = try await pool.query("CREATE TABLE users (phone text CONSTRAINT one_user_a_number UNIQUE)")
      _ = try await pool.query("INSERT INTO users VALUES ('+1555')")
      let error = try await postgresError { _ = try await pool.query("INSERT INTO users VALUES ($1)", "+1555") }
      #expect(error.kind == .server)
      #expect(error.sqlState == "23505")
      #expect(error.constraint == "one_user_a_number")
      let diagnostics = try #require(error.diagnostics)
      #expect(diagnostics.severity == "ERROR")
      #expect(diagnostics.schema == "public")
      #expect(diagnostics.table == "users")
      #expect(diagnostics.detail == "Key (phone)=(+1555) already exists.")
      #expect(diagnostics.sourceFunction == "_bt_check_unique")
      #expect(diagnostics.sourceFile != nil && diagnostics.sourceLine != nil)
      #expect(!"\(error)".contains("+1555"), "values of rows do not belong into logs")
      #expect("\(error)".contains("SQLSTATE 23505"))
    }
  }

  @Test("NOT NULL names the column")
  func notNull() async throws {
    try await withPool { pool in
      _ = try await pool.query("CREATE TABLE t (a integer NOT NULL)")
      let error = try await postgresError { _ = try await pool.query("INSERT INTO t VALUES ($1)", Int?.none) }
      #expect(error.sqlState == "23502")
      #expect(error.diagnostics?.column == "a")
    }
  }

  @Test("A syntax error comes with its place and the statement; the connection goes on")
  func syntaxError() async throws {
    try await withPool(size: 1) { pool in
      let error = try await postgresError { _ = try await pool.query("SELECT * FORM x") }
      #expect(error.sqlState == "42601")
      #expect(error.diagnostics?.position == 10)
      #expect(error.statement == "SELECT * FORM x")
      let again = try await postgresError { _ = try await pool.query("SELECT * FORM x") }
      #expect(again == error)
      #expect(try await pool.query("SELECT 1").count == 1)
    }
  }

  @Test("A hint and a context are passed on")
  func hint() async throws {
    try await withPool { pool in
      let unknown = try await postgresError { _ = try await pool.query("SELECT no_such_function(1)") }
      #expect(unknown.diagnostics?.hint?.isEmpty == false)
      #expect("\(unknown)".contains("hint:"))
      let raised = try await postgresError {
        _ = try await pool.query(
          "DO $$ BEGIN RAISE EXCEPTION 'mine' USING ERRCODE = 'AB123', DATATYPE = 'thing'; END $$")
      }
      #expect(raised.sqlState == "AB123")
      #expect(raised.diagnostics?.dataType == "thing")
      #expect(raised.diagnostics?.context?.contains("RAISE") == true)
    }
  }

  @Test("A statement that fails only when it is committed says so, and the connection goes on")
  func failedAtItsEnd() async throws {
    try await withPool(size: 1) { pool in
      _ = try await pool.query("CREATE TABLE t (a integer UNIQUE DEFERRABLE INITIALLY DEFERRED)")
      let backend = try await backendPID(pool)
      let insert = SQL("INSERT INTO t VALUES (1), (1)")
      for _ in 0..<2 {
        let error = try await postgresError { _ = try await pool.query(insert) }
        #expect(error.sqlState == "23505")
        #expect(error.statement == insert.description)
      }
      #expect(try await backendPID(pool) == backend)
    }
  }

  @Test("Too few parameters are an error, not a crash")
  func parameterCount() async throws {
    try await withPool(size: 1) { pool in
      let error = try await postgresError { _ = try await pool.query("SELECT $1::text, $2::text", "one") }
      #expect(error.sqlState == "08P01")
      #expect(try await pool.query("SELECT 1").count == 1)
    }
  }

  @Test("A statement that takes too long is cancelled by the pool's time-out")
  func statementTimeout() async throws {
    try await withPool(size: 1, statementTimeout: .milliseconds(100)) { pool in
      let error = try await postgresError { _ = try await pool.query("SELECT pg_sleep(3600)") }
      #expect(error.kind == .timedOut)
      #expect(try await pool.query("SELECT 1").count == 1)
    }
  }

  @Test("A cancelled task cancels its statement, and only that")
  func cancellation() async throws {
    try await withObservedPool(size: 1) { pool, observer in
      for _ in 0..<5 {
        let task = Task { try await pool.query("SELECT pg_sleep(3600)") }
        _ = try await pidOfStatement(containing: "pg_sleep(3600)", in: observer)
        task.cancel()
        #expect(try await postgresError { _ = try await task.value }.kind == .cancelled)
        // A request that comes late does not hit what comes next.
        #expect(try await pool.query("SELECT pg_sleep(0.1)").count == 1)
      }
    }
  }

  @Test("A task that is cancelled already sends nothing")
  func cancelledBefore() async throws {
    try await withPool(size: 1) { pool in
      _ = try await pool.query("CREATE TABLE t (a integer)")
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        _ = try await pool.query("INSERT INTO t VALUES (1)")
      }
      task.cancel()
      #expect(try await postgresError { try await task.value }.kind == .cancelled)
      #expect(try await pool.query("SELECT FROM t").isEmpty)
    }
  }
}
