import Postgres

extension PostgresPool {
  /// Runs an insertion, and once more when its id was taken: rows that were inserted by hand with ids of their own do
  /// not move the sequence that ids are drawn from.
  func toleratingHandMadeIDs<R: Sendable>(_ insertion: () async throws -> R) async throws -> R {
    do {
      return try await insertion()
    } catch let error as PostgresError
      where error.sqlState == SQLState.uniqueViolation && error.constraint?.hasSuffix("_pkey") == true
    {
      _ = try await query(catchUp)
      return try await insertion()
    }
  }
}

/// Moves each sequence to its table's largest id, where it is behind.
private let catchUp = SQL(
  """
  SELECT setval('users_id_seq', max(id)) FROM users HAVING max(id) > (SELECT last_value FROM users_id_seq)
  UNION ALL
  SELECT setval('conversations_id_seq', max(id)) FROM conversations
  HAVING max(id) > (SELECT last_value FROM conversations_id_seq)
  UNION ALL
  SELECT setval('conversation_memories_id_seq', max(id)) FROM conversation_memories
  HAVING max(id) > (SELECT last_value FROM conversation_memories_id_seq)
  """)
