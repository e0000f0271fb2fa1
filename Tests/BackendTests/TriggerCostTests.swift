import JSON
import Postgres
import TestSupport
import Testing

@testable import Backend

/// What the trigger reads, counted in pages: that is the same on any machine, however busy.
@Suite(.timeLimit(.minutes(5))) struct TriggerCostTests {
  private static let dueCount = 1_000

  @Test("The trigger reads what is due, not what is stored", arguments: ["force_custom_plan", "force_generic_plan"])
  func cost(planCacheMode: String) async throws {
    let small = try await trigger(conversations: 10_000, planCacheMode)
    let large = try await trigger(conversations: 100_000, planCacheMode)

    #expect(small.rows == Self.dueCount)
    #expect(large.rows == Self.dueCount)
    // A scan of the table, or of an index of all its rows, would be ten times as much.
    #expect(large.pages <= small.pages + small.pages / 2)
    // And in themselves they are an index's few pages, not a visit to each row.
    #expect(large.pages < Self.dueCount / 10)
  }

  /// Runs the Backend's own statement on a database of the given size, in which every n-th conversation is due.
  private func trigger(conversations: Int, _ planCacheMode: String) async throws -> (rows: Int, pages: Int) {
    let pool = try PostgresPool(url: try await TestDatabase.make().url, size: 1)
    for statement in Schema.statements { _ = try await pool.query(SQL(schema: statement)) }
    _ = try await pool.query("INSERT INTO users (phone_number) VALUES ('+15551234567')")
    // Of the others half are covered, and half are too young.
    _ = try await pool.query(
      """
      INSERT INTO conversations (user_id, updated_at, last_message_id, covered_message_id)
      SELECT 1, now() - CASE WHEN is_young THEN interval '1 minute' ELSE n % 1440 * interval '1 minute' + interval '3 h' END,
        n, CASE WHEN is_due OR is_young THEN 0 ELSE n END
      FROM generate_series(1, $1::int) AS n, LATERAL (SELECT n % ($1::int / $2::int) = 0 AS is_due) AS due,
        LATERAL (SELECT NOT is_due AND n % 2 = 1 AS is_young) AS young
      """, conversations, Self.dueCount)
    // The test server commits asynchronously: VACUUM may call a page visible to all only when its WAL is written.
    _ = try await pool.query("CHECKPOINT")
    _ = try await pool.query("VACUUM ANALYZE conversations")

    let plan = try await pool.withConnection { connection in
      _ = try await connection.query(SQL(schema: "SET plan_cache_mode = \(planCacheMode)"))
      _ = try await connection.query(SQL(schema: "PREPARE due AS \(ConversationStore.due)"))
      return try await connection.query("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE due (7200, NULL)")
    }
    await pool.close()

    let text: String = try #require(plan.first).decode(0)
    let root = try #require(try JSONValue(parsing: text).arrayValue?.first?["Plan"])
    let rows = try #require(root["Actual Rows"]?.int64Value)
    let hit = try #require(root["Shared Hit Blocks"]?.int64Value)
    let read = try #require(root["Shared Read Blocks"]?.int64Value)
    return (Int(rows), Int(hit + read))
  }
}
