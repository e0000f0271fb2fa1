import Postgres
import TestSupport
import Testing

@Suite("Statements") struct QueryTests {
  @Test("A statement's row is read by number and by name")
  func rows() async throws {
    let pool = try PostgresPool(url: try await TestDatabase.make().url, size: 1)
    let rows = try await pool.query("SELECT $1::bigint AS number, $2::text AS text", 7, "seven")
    #expect(rows.count == 1)
    #expect(try rows[0].decode(0) == 7)
    #expect(try rows[0].decode("text") == "seven")
    #expect(rows.columnNames == ["number", "text"])
    await pool.close()
  }
}
