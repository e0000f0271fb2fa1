import Postgres
import TestSupport
import Testing

@Suite("Types", .timeLimit(.minutes(5))) struct TypeTests {
  private func echo<T: PostgresEncodable & PostgresDecodable & Equatable>(
    _ statement: SQL, _ values: [T], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await withPool(size: 1) { pool in
      for value in values {
        let row = try #require(await pool.query(statement, value).first)
        #expect(try row.decode(0, as: T.self) == value, sourceLocation: sourceLocation)
        #expect(try row.decode(0, as: T?.self) == value, sourceLocation: sourceLocation)
      }
      let row = try #require(await pool.query(statement, T?.none).first)
      #expect(try row.decode(0, as: T?.self) == nil, sourceLocation: sourceLocation)
      let error = try await postgresError { _ = try row.decode(0, as: T.self) }
      #expect(error.kind == .decoding, sourceLocation: sourceLocation)
      #expect(error.message.contains("is NULL"), sourceLocation: sourceLocation)
    }
  }

  @Test func bigint() async throws { try await echo("SELECT $1::bigint", [0, 1, -1, Int64.max, Int64.min]) }
  @Test func integer() async throws { try await echo("SELECT $1::integer", [0, 7, Int32.max, Int32.min]) }
  @Test func boolean() async throws { try await echo("SELECT $1::boolean", [true, false]) }

  @Test func doublePrecision() async throws {
    try await echo(
      "SELECT $1::double precision",
      [0.0, 0.1, -1e21, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity])
    try await withPool(size: 1) { pool in
      let row = try #require(await pool.query("SELECT $1::double precision", Double.nan).first)
      #expect(try row.decode(0, as: Double.self).isNaN)
    }
  }

  @Test func text() async throws {
    try await echo(
      "SELECT $1::text",
      ["", "NULL", "O'Reilly \"quoted\" \\back\\", "tab\tline\nend", "Grüße 你好 👩‍👩‍👧 e\u{301}", "$1; DROP TABLE x --"])
  }

  @Test func timestampsOfADatabaseThatWritesThemOtherwise() async throws {
    let database = try await TestDatabase.make()
    for style in ["SQL, DMY", "German", "Postgres, MDY"] {
      let owner = try PostgresPool(url: database.url, size: 1)
      _ = try await owner.query(SQL(schema: "ALTER DATABASE \(database.name) SET DateStyle = '\(style)'"))
      await owner.close()
      let pool = try PostgresPool(url: database.url, size: 1)
      let row = try #require(await pool.query("SELECT '2026-01-31 05:06:07+00'::timestamptz").first)
      #expect(try row.decode(0, as: PostgresTimestamp.self).rfc3339 == "2026-01-31T05:06:07.000000Z")
      await pool.close()
    }
  }

  @Test("A point in time is the same in any time zone", arguments: ["UTC", "Asia/Kolkata", "America/St_Johns"])
  func timestamps(zone: String) async throws {
    try await withPool(size: 1) { pool in
      try await pool.withConnection { connection in
        _ = try await connection.query("SELECT set_config('TimeZone', $1, false)", zone)
        for (text, microseconds): (String, Int64) in [
          ("1970-01-01T00:00:00.000000Z", 0), ("2000-02-29T23:59:59.999999Z", 951_868_799_999_999),
          ("1969-12-31T23:59:59.999999Z", -1), ("1600-03-01T12:30:00.500000Z", -11_670_866_999_500_000),
          ("2026-01-31T05:06:07.080900Z", 1_769_835_967_080_900),
        ] {
          let row = try #require(
            await connection.query(
              "SELECT $1::timestamptz, $2::timestamptz, (extract(epoch FROM $1::timestamptz) * 1000000)::bigint", text,
              PostgresTimestamp(microsecondsSinceEpoch: microseconds)
            ).first)
          #expect(try row.decode(0, as: PostgresTimestamp.self).rfc3339 == text)
          #expect(try row.decode(1, as: PostgresTimestamp.self).microsecondsSinceEpoch == microseconds)
          #expect(try row.decode(2) == microseconds)
        }
      }
    }
  }

  @Test("A point in time past 64 bits, before the year 1, or without end is an error")
  func timestampsOutOfReach() async throws {
    try await withPool(size: 1) { pool in
      let row = try #require(
        await pool.query(
          """
          SELECT '294247-01-10 04:00:54.775807+00'::timestamptz, '294247-01-10 04:00:54.775808+00'::timestamptz,
            '294276-12-31 00:00:00+00'::timestamptz, '4713-01-01 00:00:00+00 BC'::timestamptz, 'infinity'::timestamptz
          """
        ).first)
      #expect(try row.decode(0, as: PostgresTimestamp.self).microsecondsSinceEpoch == .max)
      for column in 1...4 {
        let error = try await postgresError { _ = try row.decode(column, as: PostgresTimestamp.self) }
        #expect(error.kind == .decoding)
      }
    }
  }

  @Test("jsonb keeps numbers as they were written")
  func jsonNumbers() async throws {
    try await withPool(size: 1) { pool in
      let document = #"{"n": [12345678901234567890, 0.1, 1.50]}"#
      let row = try #require(await pool.query("SELECT $1::jsonb", document).first)
      #expect(try row.decode(0) == document)
    }
  }

  @Test("A value that does not fit its type is an error that names the column")
  func misfits() async throws {
    try await withPool(size: 1) { pool in
      let row = try #require(
        await pool.query("SELECT 9223372036854775807 AS big, 'x' AS word, 99999999999999999999::numeric AS huge").first)
      #expect(try await postgresError { _ = try row.decode("big", as: Int32.self) }.message.contains("\"big\""))
      #expect(try await postgresError { _ = try row.decode("huge", as: Int64.self) }.kind == .decoding)
      #expect(try await postgresError { _ = try row.decode("word", as: Bool.self) }.kind == .decoding)
      #expect(try await postgresError { _ = try row.decode("none", as: Bool.self) }.message.contains("\"none\""))
      #expect(try await postgresError { _ = try row.decode(3, as: Bool.self) }.message.contains("3"))
      #expect(try await postgresError { _ = try row.decode(-1, as: Bool.self) }.kind == .decoding)
    }
  }

  @Test("Text with U+0000 is refused, not cut off")
  func nul() async throws {
    try await withPool(size: 1) { pool in
      let error = try await postgresError { _ = try await pool.query("SELECT $1::text, $2::text", "a", "b\0c") }
      #expect(error.kind == .encoding)
      #expect(error.message.contains("$2") && error.message.contains("U+0000"))
    }
  }

  @Test("Text is there to be read without a copy")
  func rawText() async throws {
    try await withPool(size: 1) { pool in
      let row = try #require(await pool.query("SELECT 'größe', NULL").first)
      #expect(try row.withText(at: 0) { $0.map { Array($0) } } == Array("größe".utf8))
      #expect(try row.withText(at: 1) { $0 == nil })
    }
  }
}
