import Postgres
import TestSupport
import Testing

@Suite("Statements", .timeLimit(.minutes(5))) struct QueryTests {
  @Test("Rows are read by number and by name")
  func rows() async throws {
    try await withPool { pool in
      let rows = try await pool.query(
        "SELECT n AS number, 'n' || n AS text FROM generate_series(1, $1::integer) AS n", 3)
      #expect(try rows.map { try $0.decode(0, as: Int.self) } == [1, 2, 3])
      #expect(try rows.last?.decode("text") == "n3")
      #expect(try await pool.query("SELECT 1 AS number WHERE false").isEmpty)
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

  @Test("More in one statement than the sockets hold, both ways")
  func large() async throws {
    try await withPool(size: 1) { pool in
      let text = String(repeating: "x", count: 10_000_000)
      let isWhole = try await pool.query("SELECT $1::text", text).first?.decode(0) == text
      #expect(isWhole)
    }
  }

  private static let readAll = SQL("SELECT * FROM t")

  @Test("A change of the schema does not break prepared statements")
  func stalePlan() async throws {
    try await withPool(size: 1) { pool in
      _ = try await pool.query("CREATE TABLE t (a integer)")
      _ = try await pool.query("INSERT INTO t VALUES (1)")
      #expect(try await pool.query(Self.readAll).count == 1)
      _ = try await pool.query("ALTER TABLE t ADD COLUMN b text DEFAULT 'new'")
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
