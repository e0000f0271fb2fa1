import Postgres

/// A row of `messages`. Ids grow within a conversation in the order in which its messages become visible.
struct MessageRow: Sendable {
  let id: Int64
  let conversationID: Int64
  let role: String
  let content: String
  let createdAt: PostgresTimestamp
  /// The message that this one answers; each message is answered once.
  let replyToMessageID: Int64?

  static let table = Table(
    name: "messages",
    columns: [
      .id,
      Column("conversation_id", .bigint),
      Column("role", .text),
      Column("content", .text),
      Column("created_at", .timestamp, default: "now()"),
      Column("reply_to_message_id", .bigint, nullable: true),
      // The chat provider's own id, for messages that came by webhook.
      Column("provider_message_id", .text, nullable: true),
    ],
    constraints: [
      .primaryKey("id"),
      .foreignKey("conversation_id", references: "conversations", onDelete: "CASCADE"),
      .foreignKey("reply_to_message_id", references: "messages", onDelete: "SET NULL"),
      .check("role", "role IN ('user', 'assistant', 'system')"),
    ],
    indexes: [
      Index(name: "messages_conversation_id_idx", columns: ["conversation_id", "id"]),
      // Partial, so that a message that is no reply and came by no webhook pays for neither.
      Index(
        name: "messages_reply_to_message_id_idx", columns: ["reply_to_message_id"], isUnique: true,
        predicate: "reply_to_message_id IS NOT NULL"),
      Index(
        name: "messages_provider_message_id_idx", columns: ["provider_message_id"], isUnique: true,
        predicate: "provider_message_id IS NOT NULL"),
    ],
    triggers: [
      Trigger(
        name: "messages_after_insert", event: "AFTER INSERT",
        scope: """
          REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT \
          WHEN (current_setting('backend.appends', true) IS DISTINCT FROM 'on')
          """,
        function: afterInsert),
      Trigger(
        name: "messages_after_delete", event: "AFTER DELETE",
        scope: "REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT", function: afterDelete),
      Trigger(
        name: "messages_after_truncate", event: "AFTER TRUNCATE", scope: "FOR EACH STATEMENT", function: afterDelete),
    ])

  /// Makes conversations due whose messages were inserted by hand.
  ///
  /// The API's own statement moves `last_message_id` itself. It says so with `backend.appends`, a setting that lasts
  /// for its transaction, and is spared this function.
  /// `updated_at` is left alone: whoever seeds by hand also says how old the conversation is. Ids given by hand may be
  /// ahead of the sequence, which then catches up, or behind what a memory covers, which then no longer covers them.
  /// Whoever has read the conversation to its end and is making a memory knows nothing of messages behind that end: a
  /// memory that is stored becomes another version, so that the one being made does not take its place. The lock comes
  /// first, as for saving, and lets no append pass before these messages can be read.
  private static let afterInsert = Function(
    name: "messages_after_insert",
    body: """
      BEGIN
        PERFORM FROM conversations WHERE id IN (SELECT conversation_id FROM inserted) FOR NO KEY UPDATE;
        UPDATE conversation_memories memory
        SET covered_message_id = least(memory.covered_message_id, oldest - 1), updated_at = clock_timestamp()
        FROM (SELECT conversation_id, min(id) AS oldest FROM inserted GROUP BY conversation_id) added
        JOIN conversations ON conversations.id = added.conversation_id
        WHERE memory.conversation_id = conversations.id AND oldest <= last_message_id;
        UPDATE conversations
        SET last_message_id = greatest(last_message_id, newest),
          covered_message_id = least(covered_message_id, oldest - 1)
        FROM (SELECT conversation_id, min(id) AS oldest, max(id) AS newest FROM inserted GROUP BY conversation_id) added
        WHERE conversations.id = added.conversation_id
          AND (last_message_id < newest OR covered_message_id >= oldest);
        IF FOUND THEN
          PERFORM setval('messages_id_seq', newest)
          FROM (SELECT max(id) AS newest FROM inserted) added, messages_id_seq
          WHERE newest > last_value;
        END IF;
        RETURN NULL;
      END
      """)

  /// A conversation whose newest messages were deleted by hand ends with what is left, and may be due no longer. Its
  /// memory covers no more than that either: no other may go beyond the end, so that none could take its place.
  private static let afterDelete = Function(
    name: "messages_after_delete",
    body: """
      BEGIN
        IF TG_OP = 'TRUNCATE' THEN
          UPDATE conversations SET last_message_id = 0, covered_message_id = 0
          WHERE last_message_id <> 0 OR covered_message_id <> 0;
          UPDATE conversation_memories SET covered_message_id = 0 WHERE covered_message_id <> 0;
        ELSE
          UPDATE conversations SET (last_message_id, covered_message_id) = (
            SELECT coalesce(max(messages.id), 0), least(conversations.covered_message_id, coalesce(max(messages.id), 0))
            FROM messages WHERE messages.conversation_id = conversations.id)
          FROM deleted
          WHERE conversations.id = deleted.conversation_id AND conversations.last_message_id = deleted.id;
          IF FOUND THEN
            UPDATE conversation_memories SET covered_message_id = conversations.last_message_id
            FROM conversations
            WHERE conversations.id = conversation_memories.conversation_id
              AND conversations.id IN (SELECT conversation_id FROM deleted)
              AND conversation_memories.covered_message_id > conversations.last_message_id;
          END IF;
        END IF;
        RETURN NULL;
      END
      """)

  /// Reads a row of `id, conversation_id, role, content, created_at, reply_to_message_id`.
  init(_ row: PostgresRow) throws(PostgresError) {
    id = try row.decode(0)
    conversationID = try row.decode(1)
    role = try row.decode(2)
    content = try row.decode(3)
    createdAt = try row.decode(4)
    replyToMessageID = try row.decode(5)
  }
}
