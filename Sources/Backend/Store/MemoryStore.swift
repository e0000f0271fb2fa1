import JSON
import Postgres

/// The table `conversation_memories`.
struct MemoryStore: Sendable {
  let database: PostgresPool

  /// How saving a memory ended.
  enum Save: Sendable {
    case saved(MemoryRow, isNew: Bool)
    case unknownConversation
    /// The conversation has no such message yet.
    case beyondConversation(lastMessageID: Int64)
    /// A memory is stored that covers more.
    case outdated(stored: MemoryRow?, coveredMessageID: Int64)
    /// What is stored is not what the caller takes it for.
    case preconditionFailed(stored: MemoryRow?)
  }

  /// Saves the memory of a conversation in place of an older one.
  ///
  /// `coveredMessageID` is the newest message that it was made from; nil means all that the conversation holds.
  func save(
    _ data: JSONValue, of conversationID: Int64, covering coveredMessageID: Int64?, if precondition: Precondition
  ) async throws -> Save {
    let text = data.serialized
    let asSent = data.hasNumbersThatJSONBRewrites ? text : nil
    for mayTryAgain in [true, false] {
      let saved = try await database.toleratingHandMadeIDs {
        try await database.query(
          Self.save, conversationID, text, asSent, coveredMessageID, precondition.versions, precondition.allowsStored)
      }
      if let row = saved.first {
        return .saved(try MemoryRow(row, memoryData: text), isNew: try row.decode(5))
      }
      guard let row = try await database.query(Self.explain, conversationID, text).first else { break }
      let last: Int64 = try row.decode(0)
      let covered: Int64 = try row.decode(1)
      let asked = coveredMessageID ?? last
      if asked > last { return .beyondConversation(lastMessageID: last) }
      let stored = try row.decode(2, as: Int64?.self) == nil ? nil : MemoryRow(row, from: 2)
      if asked < covered { return .outdated(stored: stored, coveredMessageID: covered) }
      guard precondition.holds(for: stored?.version) else {
        // A caller whose answer was lost asks again for what is done already.
        if let stored, stored.coveredMessageID == asked, try row.decode(8) { return .saved(stored, isNew: false) }
        return .preconditionFailed(stored: stored)
      }
      // When nothing stands in the way any more, such as a memory that was deleted meanwhile, it may be tried again.
      if !mayTryAgain { return .outdated(stored: stored, coveredMessageID: covered) }
    }
    return .unknownConversation
  }

  // One statement. The row lock on the conversation puts callers in a line; each judges by what the one before it
  // left, and an older memory never replaces a newer one. Only a row that is locked is read as that one left it, so the
  // memory whose version is asked for is locked as well; one that is new since the statement began shows as a conflict.
  // `xmax` is 0 in a row that was inserted and not updated.
  private static let save = SQL(
    """
    WITH conversation AS (
      SELECT id, coalesce($4, last_message_id) AS covers FROM conversations
      WHERE id = $1 AND coalesce($4, last_message_id) BETWEEN covered_message_id AND last_message_id
      FOR NO KEY UPDATE),
    stored AS (
      SELECT (extract(epoch FROM memory.updated_at) * 1000000)::bigint::text AS version
      FROM conversation JOIN conversation_memories memory ON memory.conversation_id = conversation.id
      FOR NO KEY UPDATE OF memory),
    saved AS (
      INSERT INTO conversation_memories AS memory
        (conversation_id, memory_data, memory_data_as_sent, covered_message_id, created_at, updated_at)
      SELECT id, $2::jsonb, $3, covers, clock_timestamp(), clock_timestamp() FROM conversation
      WHERE $5::text IS NULL
        OR EXISTS (SELECT 1 FROM stored WHERE $5::text = '*' OR version = ANY (string_to_array($5::text, ',')))
      ON CONFLICT (conversation_id) DO UPDATE
        SET memory_data = excluded.memory_data, memory_data_as_sent = excluded.memory_data_as_sent,
          covered_message_id = excluded.covered_message_id, updated_at = excluded.updated_at
        WHERE $6::boolean
      RETURNING id, conversation_id, covered_message_id, created_at, updated_at, memory.xmax = 0 AS is_new)
    UPDATE conversations SET covered_message_id = saved.covered_message_id
    FROM saved WHERE conversations.id = saved.conversation_id
    RETURNING saved.id, saved.conversation_id, saved.covered_message_id, saved.created_at, saved.updated_at, is_new
    """)

  private static let explain = SQL(
    """
    SELECT conversation.last_message_id, conversation.covered_message_id, memory.id, memory.conversation_id,
      CASE WHEN memory_data_as_sent::jsonb = memory_data THEN memory_data_as_sent ELSE memory_data::text END,
      coalesce(memory.covered_message_id, 0), memory.created_at, memory.updated_at,
      coalesce(memory_data = $2::jsonb, false)
    FROM conversations conversation LEFT JOIN conversation_memories memory ON memory.conversation_id = conversation.id
    WHERE conversation.id = $1
    """, retryable: true)

  /// Finds the memory of a conversation.
  func find(conversationID: Int64) async throws(PostgresError) -> MemoryRow? {
    try await database.query(Self.find, conversationID).first.map { row throws(PostgresError) in try MemoryRow(row) }
  }

  private static let find = SQL(
    """
    SELECT id, conversation_id,
      CASE WHEN memory_data_as_sent::jsonb = memory_data THEN memory_data_as_sent ELSE memory_data::text END,
      coalesce(covered_message_id, 0), created_at, updated_at
    FROM conversation_memories WHERE conversation_id = $1
    """, retryable: true)

  /// Forgets the memory of a conversation, which is then covered by nothing; false when there was none.
  func delete(conversationID: Int64) async throws(PostgresError) -> Bool {
    try await !database.query(Self.delete, conversationID).isEmpty
  }

  // The conversation is locked first, as for saving; the table's trigger uncovers it.
  private static let delete = SQL(
    """
    WITH conversation AS (SELECT id FROM conversations WHERE id = $1 FOR NO KEY UPDATE)
    DELETE FROM conversation_memories USING conversation WHERE conversation_id = conversation.id
    RETURNING conversation_memories.id
    """)

  /// In which order memories are listed: by when they were stored first, which is the order of their ids.
  enum Order: String, Sendable, CaseIterable {
    case oldest, newest

    /// What stands before the first memory in place of an id.
    var start: Int64 { self == .oldest ? 0 : .max }
  }

  /// Reads up to `limit` memories after one of them: those of a user's conversations, or all.
  func list(
    userID: Int64?, after id: Int64, order: Order, limit: Int64
  ) async throws(PostgresError) -> [MemoryRow] {
    let rows =
      switch (userID, order) {
      case (let userID?, .oldest): try await database.query(Self.listOfUser, id, limit, userID)
      case (let userID?, .newest): try await database.query(Self.listNewestOfUser, id, limit, userID)
      case (nil, .oldest): try await database.query(Self.listAll, id, limit)
      case (nil, .newest): try await database.query(Self.listNewest, id, limit)
      }
    return try rows.map { row throws(PostgresError) in try MemoryRow(row) }
  }

  private static let listAll = SQL(
    """
    SELECT id, conversation_id,
      CASE WHEN memory_data_as_sent::jsonb = memory_data THEN memory_data_as_sent ELSE memory_data::text END,
      coalesce(covered_message_id, 0), created_at, updated_at
    FROM conversation_memories WHERE id > $1 ORDER BY id LIMIT $2
    """, retryable: true)

  private static let listOfUser = SQL(
    """
    SELECT id, conversation_id,
      CASE WHEN memory_data_as_sent::jsonb = memory_data THEN memory_data_as_sent ELSE memory_data::text END,
      coalesce(covered_message_id, 0), created_at, updated_at
    FROM conversation_memories
    WHERE id > $1 AND conversation_id IN (SELECT id FROM conversations WHERE user_id = $3) ORDER BY id LIMIT $2
    """, retryable: true)

  private static let listNewest = SQL(
    """
    SELECT id, conversation_id,
      CASE WHEN memory_data_as_sent::jsonb = memory_data THEN memory_data_as_sent ELSE memory_data::text END,
      coalesce(covered_message_id, 0), created_at, updated_at
    FROM conversation_memories WHERE id < $1 ORDER BY id DESC LIMIT $2
    """, retryable: true)

  private static let listNewestOfUser = SQL(
    """
    SELECT id, conversation_id,
      CASE WHEN memory_data_as_sent::jsonb = memory_data THEN memory_data_as_sent ELSE memory_data::text END,
      coalesce(covered_message_id, 0), created_at, updated_at
    FROM conversation_memories
    WHERE id < $1 AND conversation_id IN (SELECT id FROM conversations WHERE user_id = $3) ORDER BY id DESC LIMIT $2
    """, retryable: true)
}
