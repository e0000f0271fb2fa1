import Postgres

/// A row of `conversations`: what is due is decided by this row alone, so that the trigger reads nothing else.
struct ConversationRow: Sendable {
  let id: Int64
  let userID: Int64
  let createdAt: PostgresTimestamp
  /// Moved by messages only, never by a memory.
  let updatedAt: PostgresTimestamp
  /// The id of the newest message, 0 without any.
  let lastMessageID: Int64
  /// The newest message that the memory was made from, 0 without a memory.
  let coveredMessageID: Int64

  static let table = Table(
    name: "conversations",
    columns: [
      .id,
      Column("user_id", .bigint),
      Column("created_at", .timestamp, default: "now()"),
      Column("updated_at", .timestamp, default: "now()"),
      Column(
        "last_message_id", .bigint, default: "0",
        backfill: """
          UPDATE conversations SET last_message_id = newest.id
          FROM (SELECT conversation_id, max(id) AS id FROM messages GROUP BY conversation_id) newest
          WHERE newest.conversation_id = conversations.id
          """),
      Column(
        "covered_message_id", .bigint, default: "0",
        backfill: """
          UPDATE conversations SET covered_message_id = memory.covered_message_id
          FROM conversation_memories memory WHERE memory.conversation_id = conversations.id
          """),
      // The ten minutes in which a conversation with uncovered messages was last written to. A message within the same
      // ten minutes changes no indexed column, so PostgreSQL can update the row in place (HOT).
      Column(
        "due_slot", .integer, nullable: true,
        generated: """
          CASE WHEN last_message_id > covered_message_id \
          THEN floor(extract(epoch FROM updated_at AT TIME ZONE 'UTC') / 600)::int END
          """),
    ],
    constraints: [.primaryKey("id"), .foreignKey("user_id", references: "users")],
    indexes: [
      // No index may have updated_at: each message would have to write it.
      Index(name: "conversations_due_idx", columns: ["due_slot", "id"], predicate: "due_slot IS NOT NULL"),
      Index(name: "conversations_user_id_idx", columns: ["user_id", "id"]),
    ],
    storage: [StorageParameter(name: "fillfactor", value: "85")])

  /// Reads a row of `id, user_id, created_at, updated_at, last_message_id, covered_message_id`.
  init(_ row: PostgresRow) throws(PostgresError) {
    id = try row.decode(0)
    userID = try row.decode(1)
    createdAt = try row.decode(2)
    updatedAt = try row.decode(3)
    lastMessageID = try row.decode(4)
    coveredMessageID = try row.decode(5)
  }
}
