import Postgres

/// A row of `conversation_memories`: what is remembered of one conversation.
struct MemoryRow: Sendable {
  let id: Int64
  let conversationID: Int64
  /// The document as JSON text.
  let memoryData: String
  let coveredMessageID: Int64
  let createdAt: PostgresTimestamp
  let updatedAt: PostgresTimestamp

  static let table = Table(
    name: "conversation_memories",
    columns: [
      .id,
      Column("conversation_id", .bigint),
      Column("memory_data", .jsonb),
      // The text as it was sent, where jsonb would write a number differently (1e21, -0). It counts only as long as it
      // says the same as memory_data, which anyone may edit.
      Column("memory_data_as_sent", .text, nullable: true),
      // NULL only in a row that is being inserted by hand.
      Column(
        "covered_message_id", .bigint, nullable: true,
        backfill: """
          UPDATE conversation_memories SET covered_message_id = coalesce(
            (SELECT max(messages.id) FROM messages
             WHERE messages.conversation_id = conversation_memories.conversation_id
               AND messages.created_at <= conversation_memories.updated_at), 0)
          """),
      Column("created_at", .timestamp, default: "now()"),
      Column("updated_at", .timestamp, default: "now()"),
    ],
    constraints: [
      .primaryKey("id"), .unique("conversation_id"),
      .foreignKey("conversation_id", references: "conversations", onDelete: "CASCADE"),
    ],
    triggers: [
      Trigger(
        name: "conversation_memories_after_insert", event: "AFTER INSERT",
        scope: "FOR EACH ROW WHEN (NEW.covered_message_id IS NULL)", function: afterInsert),
      Trigger(
        name: "conversation_memories_after_delete", event: "AFTER DELETE", scope: "FOR EACH ROW",
        function: afterDelete),
      Trigger(
        name: "conversation_memories_after_truncate", event: "AFTER TRUNCATE", scope: "FOR EACH STATEMENT",
        function: afterDelete),
    ])

  /// A memory inserted by hand covers what its conversation holds then. The API says what its memories cover.
  private static let afterInsert = Function(
    name: "conversation_memories_after_insert",
    body: """
      BEGIN
        UPDATE conversations SET covered_message_id = last_message_id WHERE id = NEW.conversation_id;
        UPDATE conversation_memories SET covered_message_id = conversations.covered_message_id
        FROM conversations WHERE conversations.id = NEW.conversation_id AND conversation_memories.id = NEW.id;
        RETURN NULL;
      END
      """)

  /// A conversation whose memory is gone is covered by nothing, whoever deleted it.
  private static let afterDelete = Function(
    name: "conversation_memories_after_delete",
    body: """
      BEGIN
        IF TG_OP = 'TRUNCATE' THEN
          UPDATE conversations SET covered_message_id = 0 WHERE covered_message_id <> 0;
        ELSE
          UPDATE conversations SET covered_message_id = 0
          WHERE id = OLD.conversation_id AND covered_message_id <> 0;
        END IF;
        RETURN NULL;
      END
      """)

  /// What tells this memory from the one before it and the one after: when it was stored, or a message was put in
  /// behind the conversation's last one, in microseconds since 1970.
  var version: String { String(updatedAt.microsecondsSinceEpoch) }

  /// Reads `id, conversation_id, memory_data, covered_message_id, created_at, updated_at` from a column on.
  init(_ row: PostgresRow, from first: Int = 0) throws(PostgresError) {
    id = try row.decode(first)
    conversationID = try row.decode(first + 1)
    memoryData = try row.decode(first + 2)
    coveredMessageID = try row.decode(first + 3)
    createdAt = try row.decode(first + 4)
    updatedAt = try row.decode(first + 5)
  }

  /// Reads a row of `id, conversation_id, covered_message_id, created_at, updated_at` for a document that is known.
  init(_ row: PostgresRow, memoryData: String) throws(PostgresError) {
    self.memoryData = memoryData
    id = try row.decode(0)
    conversationID = try row.decode(1)
    coveredMessageID = try row.decode(2)
    createdAt = try row.decode(3)
    updatedAt = try row.decode(4)
  }
}
