import Postgres

/// The table `conversations`.
struct ConversationStore: Sendable {
  let database: PostgresPool

  /// Finds a conversation.
  func find(_ id: Int64) async throws(PostgresError) -> ConversationRow? {
    try await database.query(Self.find, id).first.map(ConversationRow.init)
  }

  private static let find = SQL(
    """
    SELECT id, user_id, created_at, updated_at, last_message_id, covered_message_id FROM conversations WHERE id = $1
    """, retryable: true)

  /// Makes a conversation; nil when there is no such user.
  func create(userID: Int64) async throws -> ConversationRow? {
    let rows = try await database.toleratingHandMadeIDs {
      try await database.query(
        """
        INSERT INTO conversations (user_id) SELECT id FROM users WHERE id = $1
        RETURNING id, user_id, created_at, updated_at, last_message_id, covered_message_id
        """, userID)
    }
    return try rows.first.map(ConversationRow.init)
  }

  /// The ids of the conversations that are due, in the order of their last messages to ten minutes; at most `limit`.
  func due(olderThan threshold: InactivityThreshold, limit: Int64?) async throws(PostgresError) -> [Int64] {
    var ids: [Int64] = []
    let rows = try await database.query(Self.due, threshold.seconds, limit)
    ids.reserveCapacity(rows.count)
    for row in rows { ids.append(try row.decode(0)) }
    return ids
  }

  // Both halves read only the index of due conversations: slots that are wholly past, and of the slot that the
  // threshold falls into those rows that are. `now()` is one moment for the whole statement.
  // The first half is asked for in the index's order, so that the whole is merged and not sorted: a limit then ends the
  // reading early.
  static let due = SQL(
    """
    SELECT id FROM (
      (SELECT id, due_slot FROM conversations
       WHERE due_slot < floor(extract(epoch FROM (now() - make_interval(secs => $1)) AT TIME ZONE 'UTC') / 600)::int
       ORDER BY due_slot, id)
      UNION ALL
      SELECT id, due_slot FROM conversations
      WHERE due_slot = floor(extract(epoch FROM (now() - make_interval(secs => $1)) AT TIME ZONE 'UTC') / 600)::int
        AND updated_at < now() - make_interval(secs => $1)
    ) AS due
    ORDER BY due_slot, id LIMIT $2
    """, retryable: true)
}
