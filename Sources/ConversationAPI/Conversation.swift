/// A conversation of a user.
public struct Conversation: Codable, Sendable, Equatable {
  /// The conversation's id.
  public var id: Int64
  /// Whose it is.
  public var userID: Int64
  /// When its last message came: RFC 3339 in UTC.
  public var updatedAt: String
  /// Its newest message; 0 without messages.
  public var lastMessageID: Int64
  /// The newest message that the stored memory covers; 0 without a memory.
  public var coveredMessageID: Int64

  /// A conversation from its parts.
  public init(id: Int64, userID: Int64, updatedAt: String, lastMessageID: Int64, coveredMessageID: Int64) {
    self.id = id
    self.userID = userID
    self.updatedAt = updatedAt
    self.lastMessageID = lastMessageID
    self.coveredMessageID = coveredMessageID
  }

  private enum CodingKeys: String, CodingKey {
    case id
    case userID = "user_id"
    case updatedAt = "updated_at"
    case lastMessageID = "last_message_id"
    case coveredMessageID = "covered_message_id"
  }
}
