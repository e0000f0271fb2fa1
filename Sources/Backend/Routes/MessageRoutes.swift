import ConversationAPI
import JSON
import Postgres

extension Route {
  static let messageRoutes = [
    Route("GET", "/conversations/{id}/messages") { request, services in
      let id = try request.id(of: "conversation")
      let after = try request.query.integer("after_id", minimum: 0) ?? 0
      let limit = min(
        try request.query.integer("limit", minimum: 1) ?? MessagePage.maximumCount, MessagePage.maximumCount)
      let rows = try await services.messages.page(
        of: id, after: after, limit: limit, maximumBytes: MessagePage.maximumBytes)
      switch try MessagePage(rows) {
      case .answer(let answer): return answer
      case .unknownConversation: throw Problem.unknown("conversation", id)
      case .tooLarge(let messageID):
        throw Problem.internalError(
          """
          Of conversation \(id), message \(messageID) is larger than an answer can be. \
          What comes after it is read with after_id=\(messageID).
          """)
      }
    },
    Route("POST", "/conversations/{id}/messages") { request, services in
      let id = try request.id(of: "conversation")
      var body = try RequestBody(request)
      let role = body.choice("role", of: Role.allCases.map(\.rawValue))
      let content = body.text("content")
      let replyTo = body.optionalID("reply_to_message_id")
      try body.check()
      switch try await services.messages.append(to: id, role: role, content: content, replyTo: replyTo) {
      case .stored(let messageID, let createdAt):
        return .json(201, capacity: content.utf8.count + 256) {
          $0.message(id: messageID, role: role, content: content, createdAt: createdAt, replyTo: replyTo)
        }
      case .alreadyAnswered(let answer):
        return .json(200) {
          $0.message(
            id: answer.id, role: answer.role, content: answer.content, createdAt: answer.createdAt,
            replyTo: answer.replyToMessageID)
        }
      case .unknownConversation:
        throw Problem.unknown("conversation", id)
      case .unknownReplyTarget:
        throw Problem.unprocessable("/reply_to_message_id", "is not a message of conversation \(id)")
      }
    },
  ]
}

/// What `GET /conversations/{id}/messages` has to say, written straight from the rows.
private enum MessagePage {
  case answer(Answer)
  case unknownConversation
  /// The first message that is asked for does not fit into any answer.
  case tooLarge(messageID: Int64)

  static let maximumCount: Int64 = 1000
  /// The most bytes that the messages may take in the answer's payload.
  static let maximumBytes = 5_000_000
  /// The most that one message may take which has the answer to itself. Lambda sends 6,291,556 bytes; a few hundred are
  /// around the message.
  private static let maximumMessageBytes = 6_290_000

  init(_ rows: PostgresRows) throws(PostgresError) {
    guard let first = rows.first else {
      self = .unknownConversation
      return
    }
    let lastMessageID: Int64 = try first.decode(0)
    let coveredMessageID: Int64 = try first.decode(1)
    var writer = JSONWriter(capacity: 256 + rows.count * 160)
    writer.raw(#"{"messages":["#)
    var lastID: Int64?
    var payloadBytes = 0
    if try first.decode(2, as: Int64?.self) != nil {
      for row in rows {
        var piece = JSONWriter(capacity: 256)
        if lastID != nil { piece.raw(",") }
        let id = try piece.message(row)
        payloadBytes += Self.payloadSize(of: piece.bytes)
        // A message that is larger than a page should be gets one of its own, as long as Lambda takes that.
        if lastID != nil, payloadBytes > Self.maximumBytes { break }
        guard payloadBytes <= Self.maximumMessageBytes else {
          self = .tooLarge(messageID: id)
          return
        }
        writer.raw(piece.bytes)
        lastID = id
      }
    }
    writer.raw(#"],"last_message_id":"#)
    writer.integer(lastMessageID)
    writer.raw(#","covered_message_id":"#)
    writer.integer(coveredMessageID)
    writer.raw(#","next_after_id":"#)
    if let lastID, lastID < lastMessageID { writer.integer(lastID) } else { writer.raw("null") }
    writer.raw("}")
    self = .answer(Answer(status: 200, headers: [("content-type", "application/json")], body: writer.bytes))
  }

  /// The bytes of JSON text once it is a string within the payload.
  private static func payloadSize(of json: [UInt8]) -> Int {
    json.withUnsafeBufferPointer { bytes in
      stride(from: 0, to: bytes.count, by: 255).reduce(bytes.count) { sum, start in
        // Counted in bytes and without a branch, which a processor does for many bytes at once.
        let part = UnsafeBufferPointer(rebasing: bytes[start..<min(start + 255, bytes.count)])
        return sum
          + Int(
            part.reduce(into: UInt8(0)) {
              $0 &+= ($1 == UInt8(ascii: "\"") ? 1 : 0) &+ ($1 == UInt8(ascii: "\\") ? 1 : 0)
            })
      }
    }
  }
}

extension JSONWriter {
  /// Writes a message from a row of a page, and answers its id.
  fileprivate mutating func message(_ row: PostgresRow) throws(PostgresError) -> Int64 {
    let id: Int64 = try row.decode(2)
    raw(#"{"id":"#)
    integer(id)
    raw(#","role":"#)
    try text(row, 3)
    raw(#","content":"#)
    try text(row, 4)
    raw(#","created_at":"#)
    string(try row.decode(5, as: PostgresTimestamp.self).rfc3339)
    if let replyTo = try row.decode(6, as: Int64?.self) {
      raw(#","reply_to_message_id":"#)
      integer(replyTo)
    }
    raw("}")
    return id
  }

  fileprivate mutating func message(
    id: Int64, role: String, content: String, createdAt: PostgresTimestamp, replyTo: Int64?
  ) {
    raw(#"{"id":"#)
    integer(id)
    raw(#","role":"#)
    string(role)
    raw(#","content":"#)
    string(content)
    raw(#","created_at":"#)
    string(createdAt.rfc3339)
    if let replyTo {
      raw(#","reply_to_message_id":"#)
      integer(replyTo)
    }
    raw("}")
  }

  private mutating func text(_ row: PostgresRow, _ column: Int) throws(PostgresError) {
    try row.withText(at: column) { string(utf8: $0 ?? UnsafeBufferPointer(start: nil, count: 0)) }
  }
}
