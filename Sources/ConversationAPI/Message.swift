/// Who wrote a message.
public enum Role: String, Codable, Sendable, CaseIterable {
  /// The person.
  case user
  /// The one who answers.
  case assistant
  /// Notes of the system.
  case system
}

/// A stored message of a conversation.
public struct Message: Codable, Sendable, Equatable {
  /// The message's id; within a conversation a later message has a greater one.
  public var id: Int64
  /// Who wrote it.
  public var role: Role
  /// The text.
  public var content: String
  /// When it was stored: RFC 3339 in UTC.
  public var createdAt: String
  /// The message that this one answers, where that is known; a message has at most one such answer.
  public var replyToMessageID: Int64?

  /// A message from its parts.
  public init(id: Int64, role: Role, content: String, createdAt: String, replyToMessageID: Int64? = nil) {
    self.id = id
    self.role = role
    self.content = content
    self.createdAt = createdAt
    self.replyToMessageID = replyToMessageID
  }

  private enum CodingKeys: String, CodingKey {
    case id, role, content
    case createdAt = "created_at"
    case replyToMessageID = "reply_to_message_id"
  }
}

/// The body of `POST /conversations/{id}/messages`.
public struct NewMessage: Codable, Sendable, Equatable {
  /// Who wrote it.
  public var role: Role
  /// The text.
  public var content: String
  /// The message that this one answers. A second answer to the same message is not stored.
  public var replyToMessageID: Int64?

  /// A message to store.
  public init(role: Role, content: String, replyToMessageID: Int64? = nil) {
    self.role = role
    self.content = content
    self.replyToMessageID = replyToMessageID
  }

  private enum CodingKeys: String, CodingKey {
    case role, content
    case replyToMessageID = "reply_to_message_id"
  }
}

/// The answer of `GET /conversations/{id}/messages`.
public struct MessagePage: Codable, Sendable, Equatable {
  /// The messages of this page, in order.
  public var messages: [Message]
  /// The newest message of the conversation, on whatever page; 0 without messages.
  public var lastMessageID: Int64
  /// The newest message that the stored memory covers; 0 without a memory.
  public var coveredMessageID: Int64
  /// The `after_id` of the next page; nil on the last one.
  public var nextAfterID: Int64?

  /// A page from its parts.
  public init(messages: [Message], lastMessageID: Int64, coveredMessageID: Int64, nextAfterID: Int64?) {
    self.messages = messages
    self.lastMessageID = lastMessageID
    self.coveredMessageID = coveredMessageID
    self.nextAfterID = nextAfterID
  }

  private enum CodingKeys: String, CodingKey {
    case messages
    case lastMessageID = "last_message_id"
    case coveredMessageID = "covered_message_id"
    case nextAfterID = "next_after_id"
  }

  /// Writes every member; `next_after_id` is null on the last page.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(messages, forKey: .messages)
    try container.encode(lastMessageID, forKey: .lastMessageID)
    try container.encode(coveredMessageID, forKey: .coveredMessageID)
    try container.encode(nextAfterID, forKey: .nextAfterID)
  }
}
