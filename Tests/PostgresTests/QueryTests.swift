import Postgres
import TestSupport
import Testing

@Suite("Statements", .timeLimit(.minutes(5))) struct QueryTests {
  @Test("Rows are read by number and by name, and counted")
  func rows() async throws {
    try await withPool { pool in
      let rows = try await pool.query(
        "SELECT n AS number, 'n' || n AS text FROM generate_series(1, $1::integer) AS n", 3)
      #expect(rows.columnNames == ["number", "text"])
      #expect(try rows.map { try $0.decode(0, as: Int.self) } == [1, 2, 3])
      #expect(try rows.last?.decode("text") == "n3")
      _ = try await pool.query("CREATE TABLE t (a integer)")
      #expect(try await pool.query("INSERT INTO t VALUES (1), (2)").affectedRowCount == 2)
      #expect(try await pool.query("UPDATE t SET a = 3 WHERE a > $1", 5).affectedRowCount == 0)
      #expect(try await pool.query("SELECT a FROM t WHERE a > 5").isEmpty)
    }
  }

  @Test("A statement is prepared once on a connection")
  func preparedOnce() async throws {
    try await withPool(size: 1) { pool in
      let statement = SQL("SELECT $1::integer + 1")
      for value in 0..<5 {
        #expect(try await pool.query(statement, value).first?.decode(0) == value + 1)
      }
      let names = try await pool.query("SELECT statement FROM pg_prepared_statements")
      #expect(
        try names.map { try $0.decode(0) }.sorted()
          == ["SELECT statement FROM pg_prepared_statements", statement.description].sorted())
    }
  }

  @Test("Statements go in one round trip, and their answers come in order")
  func pipeline() async throws {
    try await withPool { pool in
      let add = SQL("INSERT INTO t VALUES ($1) RETURNING a")
      _ = try await pool.query("CREATE TABLE t (a integer UNIQUE)")
      let answers = try await pool.pipeline([
        PostgresStatement(add, 1), PostgresStatement(add, 2), PostgresStatement("SELECT count(*) FROM t"),
        PostgresStatement("UPDATE t SET a = a + 10"),
      ])
      #expect(try answers.prefix(3).map { try $0.first?.decode(0, as: Int.self) } == [1, 2, 2])
      #expect(answers.last?.affectedRowCount == 2)
      #expect(try await pool.pipeline([]).isEmpty)
    }
  }

  @Test("An error within a pipeline takes all of it back, and the connection goes on")
  func pipelineError() async throws {
    try await withPool(size: 1) { pool in
      let add = SQL("INSERT INTO t VALUES ($1)")
      _ = try await pool.query("CREATE TABLE t (a integer UNIQUE)")
      let backend = try await backendPID(pool)
      let error = try await postgresError {
        _ = try await pool.pipeline([
          PostgresStatement(add, 1), PostgresStatement(add, 1), PostgresStatement("SELECT 'never run before'"),
        ])
      }
      #expect(error.sqlState == "23505")
      #expect(error.statement == add.description)
      #expect(try await pool.query("SELECT count(*) FROM t").first?.decode(0) == 0)
      #expect(try await pool.query("SELECT 'never run before'").count == 1)
      #expect(try await backendPID(pool) == backend)
    }
  }

  @Test("More in one pipeline than the sockets hold, both ways")
  func largePipeline() async throws {
    try await withPool(size: 1) { pool in
      let text = String(repeating: "x", count: 100_000)
      let echo = SQL("SELECT $1::text")
      let answers = try await pool.pipeline(try (0..<100).map { _ in try PostgresStatement(echo, text) })
      #expect(try answers.allSatisfy { try $0.first?.decode(0) == text })
    }
  }

  private static let readAll = SQL("SELECT * FROM t")

  @Test("A change of the schema does not break prepared statements")
  func stalePlan() async throws {
    try await withPool(size: 1) { pool in
      _ = try await pool.query("CREATE TABLE t (a integer)")
      _ = try await pool.query("INSERT INTO t VALUES (1)")
      #expect(try await pool.query(Self.readAll).columnNames == ["a"])
      _ = try await pool.query("ALTER TABLE t ADD COLUMN b text DEFAULT 'new'")
      #expect(try await pool.query(Self.readAll).columnNames == ["a", "b"])
      #expect(try await pool.query(Self.readAll).first?.decode("b") == "new")

      _ = try await pool.query("DISCARD ALL")
      #expect(try await pool.query(Self.readAll).count == 1)
    }
  }

  @Test("DDL from the models runs unprepared")
  func schema() async throws {
    try await withPool(size: 1) { pool in
      _ = try await pool.query(SQL(schema: "CREATE TABLE \"made\" (id bigint PRIMARY KEY)"))
      #expect(try await pool.query("SELECT id FROM made").isEmpty)
      let prepared = try await pool.query("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'CREATE%'")
      #expect(try prepared.first?.decode(0) == 0)
    }
  }
}
