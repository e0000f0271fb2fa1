public import JSON

/// What is remembered of a conversation. The Backend does not look into `data`.
public struct Memory: Codable, Sendable, Equatable {
  /// The memory's id.
  public var id: Int64
  /// The conversation it was made from.
  public var conversationID: Int64
  /// The memory itself, a JSON object; its numbers are kept as they were sent.
  public var data: JSONValue
  /// The newest message it was made from.
  public var coveredMessageID: Int64
  /// When it was first stored: RFC 3339 in UTC.
  public var createdAt: String
  /// When it was last stored: RFC 3339 in UTC.
  public var updatedAt: String

  /// A memory from its parts.
  public init(
    id: Int64, conversationID: Int64, data: JSONValue, coveredMessageID: Int64, createdAt: String, updatedAt: String
  ) {
    self.id = id
    self.conversationID = conversationID
    self.data = data
    self.coveredMessageID = coveredMessageID
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }

  private enum CodingKeys: String, CodingKey {
    case id
    case conversationID = "conversation_id"
    case data = "memory_data"
    case coveredMessageID = "covered_message_id"
    case createdAt = "created_at"
    case updatedAt = "updated_at"
  }
}

/// The body of `POST /memories`.
public struct NewMemory: Codable, Sendable, Equatable {
  /// The conversation it was made from.
  public var conversationID: Int64
  /// The memory itself, a JSON object.
  public var data: JSONValue
  /// The newest message it was made from; nil covers what the conversation holds when it is stored.
  public var coveredMessageID: Int64?

  /// A memory to store.
  public init(conversationID: Int64, data: JSONValue, coveredMessageID: Int64?) {
    self.conversationID = conversationID
    self.data = data
    self.coveredMessageID = coveredMessageID
  }

  private enum CodingKeys: String, CodingKey {
    case conversationID = "conversation_id"
    case data = "memory_data"
    case coveredMessageID = "covered_message_id"
  }
}

/// The answer of `GET /memories`.
public struct MemoryPage: Codable, Sendable, Equatable {
  /// The memories of this page.
  public var memories: [Memory]
  /// The `cursor` of the next page; nil on the last one.
  public var nextCursor: String?

  /// A page from its parts.
  public init(memories: [Memory], nextCursor: String?) {
    self.memories = memories
    self.nextCursor = nextCursor
  }

  private enum CodingKeys: String, CodingKey {
    case memories
    case nextCursor = "next_cursor"
  }

  /// Writes every member; `next_cursor` is null on the last page.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(memories, forKey: .memories)
    try container.encode(nextCursor, forKey: .nextCursor)
  }
}
