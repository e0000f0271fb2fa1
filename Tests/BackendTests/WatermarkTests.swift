import JSON
import Postgres
import TestSupport
import Testing

@testable import Backend

/// Messages that somebody puts in by hand behind others that are there already.
@Suite struct WatermarkTests {
  @Test func aMessageBehindTheWatermarkIsNotCovered() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append("First", to: id)
      let gap = try await backend.skipMessageID()
      let last = try await backend.append("Last", to: id)
      #expect(try await backend.save(#"{"n":1}"#, of: id, covering: last).status == 201)
      try await backend.rest(id)
      #expect(try await backend.dueCount() == 0)
      try await backend.insert(gap, into: id)
      #expect(try await backend.dueCount() == 1)
      #expect(try await backend.get("/conversations/\(id)/messages")["covered_message_id"] == .integer(gap - 1))
      let memory = try await backend.get("/conversations/\(id)/memory")
      #expect(try memory["covered_message_id"] == .integer(gap - 1))
      #expect(try memory["memory_data"] == ["n": 1])

      let older = try await backend.save(#"{"n":0}"#, of: id, covering: gap - 2)
      try older.expectProblem(409)
      #expect(try older["memory"] == memory.json)
      let tag = try #require(memory.headers["etag"])
      #expect(try await backend.replace(tag, of: id, covering: last).status == 200)
      #expect(try await backend.dueCount() == 0)
    }
  }

  @Test func aMemoryInTheMakingDoesNotCoverIt() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append("First", to: id)
      let gap = try await backend.skipMessageID()
      let last = try await backend.append("Last", to: id)
      let tag = try #require(try await backend.save(#"{"n":1}"#, of: id, covering: last).headers["etag"])
      try await backend.insert(gap, into: id)
      try await backend.replace(tag, of: id, covering: last).expectProblem(412)
      #expect(try await backend.get("/conversations/\(id)")["covered_message_id"] == .integer(gap - 1))
    }
  }

  @Test func norWhenTheOneBeforeEndedEarlier() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let first = try await backend.append("First", to: id)
      let tag = try #require(try await backend.save(#"{"n":1}"#, of: id, covering: first).headers["etag"])
      let gap = try await backend.skipMessageID()
      let last = try await backend.append("Last", to: id)
      try await backend.insert(gap, into: id)
      try await backend.replace(tag, of: id, covering: last).expectProblem(412)
      let memory = try await backend.get("/conversations/\(id)/memory")
      #expect(try memory["covered_message_id"] == .integer(first))
    }
  }

  @Test func messagesAtTheEndLeaveTheMemoryAsItIs() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      let stored = try await backend.save(#"{"n":1}"#, of: id)
      let other = try await backend.makeConversation()
      let gap = try await backend.skipMessageID()
      _ = try await backend.append(to: other)
      // Behind another conversation's last message, and at the end of this one.
      _ = try await backend.database.query(
        """
        INSERT INTO messages (id, conversation_id, role, content)
        VALUES ($1, $2, 'user', 'Before'), ($1 + 2, $2, 'user', 'After')
        """, gap, id)
      let memory = try await backend.get("/conversations/\(id)/memory")
      #expect(try memory.json == stored.json)
      #expect(memory.headers["etag"] == stored.headers["etag"])
      #expect(try await backend.get("/conversations/\(id)")["last_message_id"] == .integer(gap + 2))
    }
  }
}

extension TestBackend {
  /// Draws an id for a message, which is not used yet.
  fileprivate func skipMessageID() async throws -> Int64 {
    try #require(await database.query("SELECT nextval('messages_id_seq')").first).decode(0)
  }

  /// Inserts a message beside the API.
  fileprivate func insert(_ message: Int64, into conversation: Int64) async throws {
    _ = try await database.query(
      "INSERT INTO messages (id, conversation_id, role, content) VALUES ($1, $2, 'user', 'Found later')", message,
      conversation)
  }

  /// Saves a memory in the place of the one with that entity tag.
  fileprivate func replace(_ tag: String, of conversation: Int64, covering message: Int64) async throws -> TestAnswer {
    try await send(
      "POST", "/memories",
      body: #"{"conversation_id":\#(conversation),"memory_data":{"n":2},"covered_message_id":\#(message)}"#,
      headers: ["if-match": tag])
  }
}
