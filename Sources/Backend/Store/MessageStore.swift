import Postgres

/// The table `messages`, each written together with its conversation's row.
struct MessageStore: Sendable {
  let database: PostgresPool

  /// How an append ended.
  enum Append: Sendable {
    case stored(id: Int64, createdAt: PostgresTimestamp)
    /// The message that it answers has this answer already.
    case alreadyAnswered(MessageRow)
    case unknownConversation
    /// The message that it answers is not one of the conversation's.
    case unknownReplyTarget
  }

  /// Appends a message; an answer to a message that has one already changes nothing.
  func append(
    to conversationID: Int64, role: String, content: String, replyTo: Int64?
  ) async throws(PostgresError) -> Append {
    let rows: PostgresRows
    do {
      rows = try await database.query(Self.append, conversationID, role, content, replyTo, String?.none)
    } catch  where error.sqlState == SQLState.uniqueViolation && replyTo != nil {
      let answers = try await database.query(Self.findReply, replyTo)
      guard let answer = answers.first else { throw error }
      return .alreadyAnswered(try MessageRow(answer))
    }
    if let row = rows.first { return .stored(id: try row.decode(0), createdAt: try row.decode(1)) }
    guard replyTo != nil else { return .unknownConversation }
    let conversations = try await database.query(
      SQL("SELECT id FROM conversations WHERE id = $1", retryable: true), conversationID)
    return conversations.isEmpty ? .unknownConversation : .unknownReplyTarget
  }

  // One statement: the row lock on the conversation, taken before the id is drawn, makes ids within a conversation
  // visible in their order, and so the id of its newest message says all about what came before. The setting tells the
  // table's trigger that the conversation is up to date.
  static let append = SQL(
    """
    WITH conversation AS (
      UPDATE conversations SET updated_at = clock_timestamp(), last_message_id = nextval('messages_id_seq')
      WHERE id = $1
        AND ($4::bigint IS NULL OR EXISTS (SELECT 1 FROM messages WHERE id = $4 AND conversation_id = $1))
      RETURNING id, last_message_id, updated_at, set_config('backend.appends', 'on', true))
    INSERT INTO messages (id, conversation_id, role, content, created_at, reply_to_message_id, provider_message_id)
    SELECT last_message_id, id, $2, $3, updated_at, $4, $5 FROM conversation
    RETURNING id, created_at
    """)

  private static let findReply = SQL(
    """
    SELECT id, conversation_id, role, content, created_at, reply_to_message_id FROM messages
    WHERE reply_to_message_id = $1
    """, retryable: true)

  /// Reads up to `limit` messages after one of them, together with what the conversation's row says in that moment.
  ///
  /// Rows of `last_message_id, covered_message_id, id, role, content, created_at, reply_to_message_id`: none for an
  /// unknown conversation, one without a message (`id` is NULL) when there is none to read. They end before the limit
  /// when their contents go beyond `maximumBytes`.
  func page(
    of conversationID: Int64, after id: Int64, limit: Int64, maximumBytes: Int
  ) async throws(PostgresError) -> PostgresRows {
    try await database.query(Self.page, conversationID, id, limit, maximumBytes)
  }

  private static let page = SQL(
    """
    SELECT conversation.last_message_id, conversation.covered_message_id,
      message.id, message.role, message.content, message.created_at, message.reply_to_message_id
    FROM conversations conversation LEFT JOIN LATERAL (
      SELECT id, role, content, created_at, reply_to_message_id,
        sum(octet_length(content)) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) - octet_length(content) AS bytes_before
      FROM messages WHERE conversation_id = conversation.id AND id > $2 ORDER BY id LIMIT $3
    ) message ON message.bytes_before < $4
    WHERE conversation.id = $1 ORDER BY message.id
    """, retryable: true)
}

extension MessageStore {
  /// A message that came by webhook, and where it was put.
  struct Received: Sendable {
    let userID: Int64
    let conversationID: Int64
    let messageID: Int64

    fileprivate init(_ row: PostgresRow) throws(PostgresError) {
      userID = try row.decode(0)
      conversationID = try row.decode(1)
      messageID = try row.decode(2)
    }

    fileprivate init(userID: Int64, conversationID: Int64, messageID: Int64) {
      self.userID = userID
      self.conversationID = conversationID
      self.messageID = messageID
    }
  }

  /// Stores a provider's message once, in the open conversation of the user with that number; makes what is missing.
  func receive(
    from phoneNumber: String, text: String, providerMessageID: String, threshold: InactivityThreshold
  ) async throws -> Received {
    if let received = try await database.query(Self.findReceived, providerMessageID).first {
      return try Received(received)
    }
    do {
      return try await database.toleratingHandMadeIDs {
        try await receiveOnce(from: phoneNumber, text: text, providerMessageID: providerMessageID, threshold: threshold)
      }
    } catch let error as PostgresError where error.sqlState == SQLState.uniqueViolation {
      // The same id from two numbers at once.
      guard let received = try await database.query(Self.findReceived, providerMessageID).first else { throw error }
      return try Received(received)
    }
  }

  private func receiveOnce(
    from phoneNumber: String, text: String, providerMessageID: String, threshold: InactivityThreshold
  ) async throws -> Received {
    try await database.transaction { connection in
      // The user's row is locked, so that messages of one user come one after the other: the second finds the
      // conversation that the first has made.
      var users = try await connection.query(Self.lockUser, phoneNumber)
      if users.isEmpty {
        _ = try await connection.query(
          "INSERT INTO users (phone_number) VALUES ($1) ON CONFLICT (phone_number) DO NOTHING", phoneNumber)
        users = try await connection.query(Self.lockUser, phoneNumber)
      }
      guard let user = users.first else { throw Problem.serviceUnavailable("The user was deleted meanwhile.") }
      let userID: Int64 = try user.decode(0)
      if let received = try await connection.query(Self.findReceived, providerMessageID).first {
        return try Received(received)
      }

      var conversations = try await connection.query(Self.openConversation, userID, threshold.seconds)
      if conversations.isEmpty {
        conversations = try await connection.query(
          "INSERT INTO conversations (user_id) VALUES ($1) RETURNING id", userID)
      }
      let conversationID: Int64? = try conversations.first?.decode(0)
      let messages = try await connection.query(
        Self.append, conversationID, "user", text, Int64?.none, providerMessageID)
      guard let conversationID, let message = messages.first else {
        throw Problem.serviceUnavailable("The conversation was deleted meanwhile.")
      }
      return Received(userID: userID, conversationID: conversationID, messageID: try message.decode(0))
    }
  }

  private static let findReceived = SQL(
    """
    SELECT conversations.user_id, conversations.id, messages.id
    FROM messages JOIN conversations ON conversations.id = messages.conversation_id
    WHERE provider_message_id = $1
    """, retryable: true)

  private static let lockUser = SQL("SELECT id FROM users WHERE phone_number = $1 FOR NO KEY UPDATE")

  private static let openConversation = SQL(
    """
    SELECT id FROM conversations WHERE user_id = $1 AND updated_at > clock_timestamp() - make_interval(secs => $2)
    ORDER BY id DESC LIMIT 1
    """)
}
