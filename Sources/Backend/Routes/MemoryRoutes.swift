import JSON
import Postgres

extension Route {
  static let memoryRoutes = [
    Route("POST", "/memories") { request, services in
      let precondition = try Precondition(request)
      var body = try RequestBody(request)
      let conversationID = body.id("conversation_id")
      let data = body.document("memory_data")
      let covered = body.optionalID("covered_message_id", minimum: 0)
      try body.check()
      switch try await services.memories.save(data, of: conversationID, covering: covered, if: precondition) {
      case .saved(let memory, let isNew):
        guard isNew else { return memory.answer() }
        return memory.answer(
          201, headers: [("location", "\(request.pathPrefix)/conversations/\(conversationID)/memory")])
      case .unknownConversation:
        throw Problem.unknown("conversation", conversationID)
      case .beyondConversation(let lastMessageID):
        throw Problem.unprocessable(
          "/covered_message_id", "is beyond the conversation's last message, which is \(lastMessageID)")
      case .outdated(let stored, let coveredMessageID):
        throw Problem.conflict(
          "A memory is stored that covers the conversation up to message \(coveredMessageID).",
          members: stored.map { [$0.member] } ?? [])
      case .preconditionFailed(let stored):
        throw Problem.preconditionFailed(
          stored == nil
            ? "No memory is stored, and If-Match asks for one."
            : "The memory that is stored is not the one that If-Match and If-None-Match ask for.",
          members: stored.map { [$0.member] } ?? [])
      }
    },
    Route("GET", "/conversations/{id}/memory") { request, services in
      let id = try request.id(of: "conversation")
      guard let memory = try await services.memories.find(conversationID: id) else {
        throw Problem.unknown("memory", "Conversation \(id) has no memory.")
      }
      return memory.answer()
    },
    // The conversation is due again afterwards.
    Route("DELETE", "/conversations/{id}/memory") { request, services in
      let id = try request.id(of: "conversation")
      guard try await services.memories.delete(conversationID: id) else {
        throw Problem.unknown("memory", "Conversation \(id) has no memory.")
      }
      return Answer(status: 204)
    },
    Route("GET", "/memories") { request, services in
      let userID = try request.query.integer("user_id", minimum: 1)
      let order = try request.query.choice("order", or: MemoryStore.Order.oldest)
      let cursor = try request.query.integer("cursor", minimum: 0) ?? order.start
      let limit = min(try request.query.integer("limit", minimum: 1) ?? 100, 1000)
      let page = try await MemoryPage(after: cursor, limit: limit) { id, count in
        try await services.memories.list(userID: userID, after: id, order: order, limit: count)
      }
      return page.answer
    },
  ]
}

/// The answer of `GET /memories`: as many as are asked for and fit into an answer.
private struct MemoryPage {
  /// The most bytes that the documents may take in the answer.
  private static let maximumBytes = 2_500_000
  /// How many are read at once, so that large documents do not pile up.
  private static let stride: Int64 = 50

  private var memories: [MemoryRow] = []
  private var nextCursor: Int64?

  init(
    after cursor: Int64, limit: Int64, read: (_ after: Int64, _ limit: Int64) async throws -> [MemoryRow]
  ) async throws {
    var last = cursor
    var bytes = 0
    while true {
      // One more than wanted, to know whether there is a next page.
      let wanted = min(limit - Int64(memories.count), Self.stride)
      let rows = try await read(last, wanted + 1)
      for row in rows.prefix(Int(wanted)) {
        bytes += row.memoryData.utf8.count + 256
        if bytes > Self.maximumBytes, !memories.isEmpty {
          nextCursor = last
          return
        }
        memories.append(row)
        last = row.id
      }
      guard rows.count > wanted else { return }
      if memories.count == limit {
        nextCursor = last
        return
      }
    }
  }

  var answer: Answer {
    .json(capacity: memories.reduce(256) { $0 + $1.memoryData.utf8.count + 256 }) { writer in
      writer.raw(#"{"memories":["#)
      for (index, memory) in memories.enumerated() {
        if index > 0 { writer.raw(",") }
        memory.write(to: &writer)
      }
      writer.raw(#"],"next_cursor":"#)
      if let nextCursor { writer.string(String(nextCursor)) } else { writer.raw("null") }
      writer.raw("}")
    }
  }
}

extension MemoryRow {
  /// The memory with its entity tag, by which a caller can say which one it means to replace.
  fileprivate func answer(_ status: Int = 200, headers: [(name: String, value: String)] = []) -> Answer {
    var answer = Answer.json(status, headers: headers, capacity: memoryData.utf8.count + 256) { write(to: &$0) }
    answer.headers.append((name: "etag", value: Precondition.entityTag(of: version)))
    return answer
  }

  /// The memory as a member of a problem.
  fileprivate var member: Problem.Member { ("memory", { write(to: &$0) }) }

  func write(to writer: inout JSONWriter) {
    writer.raw(#"{"id":"#)
    writer.integer(id)
    writer.raw(#","conversation_id":"#)
    writer.integer(conversationID)
    writer.raw(#","memory_data":"#)
    writer.raw(memoryData.utf8)
    writer.raw(#","covered_message_id":"#)
    writer.integer(coveredMessageID)
    writer.raw(#","created_at":"#)
    writer.string(createdAt.rfc3339)
    writer.raw(#","updated_at":"#)
    writer.string(updatedAt.rfc3339)
    writer.raw("}")
  }
}
