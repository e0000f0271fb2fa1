import JSON
import Postgres
import TestSupport
import Testing

@testable import Backend

/// Rows written by hand, as with psql, next to the API.
@Suite struct SeedingTests {
  /// Each script leaves one conversation that is due.
  @Test(
    arguments: [
      // A conversation that is old already.
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello')",
      ],
      // With the time of each message.
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        """
        INSERT INTO messages (conversation_id, role, content, created_at)
        SELECT 1, 'user', 'Hello', now() - interval '3 hours' + n * interval '1 minute' FROM generate_series(0, 9) n
        """,
      ],
      // Made older afterwards.
      [
        "INSERT INTO conversations (user_id) VALUES (1)",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello')",
        "UPDATE conversations SET updated_at = now() - interval '3 hours'",
      ],
      // Covered, and then written to.
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello')",
        "INSERT INTO conversation_memories (conversation_id, memory_data) VALUES (1, '{}')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'assistant', 'Hello again')",
      ],
      // Covered, and then forgotten.
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello')",
        "INSERT INTO conversation_memories (conversation_id, memory_data) VALUES (1, '{}')",
        "DELETE FROM conversation_memories",
      ],
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello')",
        "INSERT INTO conversation_memories (conversation_id, memory_data) VALUES (1, '{}')",
        "TRUNCATE conversation_memories",
      ],
      // An old message that was found later, with an id that the memory would seem to cover.
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        "INSERT INTO messages (id, conversation_id, role, content) VALUES (100, 1, 'user', 'Hello')",
        "INSERT INTO conversation_memories (conversation_id, memory_data) VALUES (1, '{}')",
        "INSERT INTO messages (id, conversation_id, role, content) VALUES (50, 1, 'user', 'Before')",
      ],
    ])
  func isDue(_ script: [String]) async throws {
    try await TestBackend.run { backend in
      try await backend.run(script)
      #expect(try await backend.dueCount() == 1)
    }
  }

  @Test(
    arguments: [
      // No message.
      ["INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')"],
      // Not at rest.
      [
        "INSERT INTO conversations (user_id) VALUES (1)",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello')",
      ],
      // A memory by hand covers what the conversation holds.
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello'), (1, 'user', 'Hello?')",
        "INSERT INTO conversation_memories (conversation_id, memory_data) VALUES (1, '{}')",
      ],
      // What the memory does not cover was deleted, and so was everything.
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello'), (1, 'user', 'Hello?')",
        "INSERT INTO conversation_memories (conversation_id, memory_data) VALUES (1, '{}')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Wrong window, sorry')",
        "DELETE FROM messages WHERE content LIKE 'Wrong%'",
      ],
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello'), (1, 'user', 'Hello?')",
        "DELETE FROM messages",
      ],
      [
        "INSERT INTO conversations (user_id, updated_at) VALUES (1, now() - interval '3 hours')",
        "INSERT INTO messages (conversation_id, role, content) VALUES (1, 'user', 'Hello')",
        "TRUNCATE messages",
      ],
    ])
  func isNotDue(_ script: [String]) async throws {
    try await TestBackend.run { backend in
      try await backend.run(script)
      #expect(try await backend.dueCount() == 0)
    }
  }

  @Test func aMessageDeletedByHandIsTheLastNoMore() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let first = try await backend.append("Hello", to: id)
      _ = try await backend.append("Wrong window, sorry", to: id)
      let other = try await backend.makeConversation()
      let kept = try await backend.append("Untouched", to: other)
      _ = try await backend.database.query("DELETE FROM messages WHERE content LIKE 'Wrong%'")
      #expect(try await backend.get("/conversations/\(id)/messages")["last_message_id"] == .integer(first))
      #expect(try await backend.get("/conversations/\(other)/messages")["last_message_id"] == .integer(kept))
      #expect(try await backend.save("{}", of: id, covering: first).status == 201)
    }
  }

  @Test(arguments: ["DELETE FROM messages WHERE content LIKE 'Wrong%'", "DELETE FROM messages", "TRUNCATE messages"])
  func aMemoryCoversNoMoreThanWhatIsLeft(_ deletion: String) async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let first = try await backend.append("Hello", to: id)
      let last = try await backend.append("Wrong window, sorry", to: id)
      #expect(try await backend.save(#"{"n":1}"#, of: id, covering: last).status == 201)
      _ = try await backend.database.query(SQL(schema: deletion))

      let left = deletion.contains("LIKE") ? first : 0
      let conversation = try await backend.get("/conversations/\(id)")
      #expect(try conversation["last_message_id"] == .integer(left))
      #expect(try conversation["covered_message_id"] == .integer(left))
      #expect(try await backend.get("/conversations/\(id)/memory")["covered_message_id"] == .integer(left))
      #expect(try await backend.save(#"{"n":2}"#, of: id, covering: left).status == 200)
      #expect(try await backend.save(#"{"n":3}"#, of: id).status == 200)
      try await backend.rest(id)
      #expect(try await backend.dueCount() == 0)
    }
  }

  @Test func theAPIGoesOnWhereTheSeedEnded() async throws {
    try await TestBackend.run { backend in
      try await backend.run([
        "INSERT INTO conversations (user_id) VALUES (1)",
        "INSERT INTO messages (id, conversation_id, role, content) VALUES (1000, 1, 'user', 'Seeded')",
      ])
      #expect(try await backend.append(to: 1) == 1001)
      #expect(try await backend.get("/conversations/1/messages")["last_message_id"] == 1001)
    }
  }

  @Test func idsGivenByHandAreSteppedOver() async throws {
    try await TestBackend.run { backend in
      for statement in [
        "INSERT INTO users (id, phone_number) SELECT n, '+49301234' || n FROM generate_series(1, 50) n",
        "INSERT INTO conversations (id, user_id, updated_at) SELECT n, n, 'epoch' FROM generate_series(1, 50) n",
        "INSERT INTO conversation_memories (id, conversation_id, memory_data) SELECT n, n, '{}' FROM generate_series(1, 49) n",
      ] { _ = try await backend.database.query(SQL(schema: statement)) }
      #expect(try await backend.save("{}", of: 50).status == 201)
      #expect(try await backend.post("/users/7/conversations")["id"]?.int64Value ?? 0 > 50)
      let received = try await backend.post(
        "/webhooks/messages", #"{"from":"+15551234567","text":"Hi","message_id":"m-1"}"#)
      #expect(received.status == 202)
      #expect(try received["user_id"]?.int64Value ?? 0 > 50)
      #expect(try await backend.post("/users", #"{"phone_number":"+15557654321"}"#).status == 201)
    }
  }

  @Test func aMemoryByHandIsReadWithWhatItCovers() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let message = try await backend.append(to: id)
      _ = try await backend.database.query(
        #"INSERT INTO conversation_memories (conversation_id, memory_data) VALUES ($1, '{"by": "hand"}')"#, id)
      let memory = try await backend.get("/conversations/\(id)/memory")
      #expect(try memory["memory_data"] == ["by": "hand"])
      #expect(try memory["covered_message_id"] == .integer(message))
      #expect(try await backend.get("/conversations/\(id)/messages")["covered_message_id"] == .integer(message))
    }
  }

  @Test func aMemoryOfTheAPICoversWhatItSays() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      // Made from nothing: the message came later, and no trigger may take it for covered.
      #expect(try await backend.save("{}", of: id, covering: 0).status == 201)
      #expect(try await backend.get("/conversations/\(id)")["covered_message_id"] == 0)
      try await backend.rest(id)
      #expect(try await backend.dueCount() == 1)
    }
  }

  @Test func theAPIPaysForNoTrigger() async throws {
    try await TestBackend.run { backend in
      _ = try await backend.append(to: try await backend.makeConversation())
      let values = ["1", "'user'", "'Hello'", "NULL", "NULL"]
      let append = values.enumerated().reduce(MessageStore.append.description) {
        $0.replacing("$\($1.offset + 1)", with: $1.element)
      }
      let plan = try await backend.database.query(SQL(schema: "EXPLAIN (ANALYZE, COSTS OFF) " + append))
      let text = try plan.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
      #expect(text.contains("Insert on messages"), "\(text)")
      #expect(!text.contains("messages_after_insert"), "\(text)")
    }
  }
}

extension TestBackend {
  /// Runs statements beside the API, as the user with id 1.
  fileprivate func run(_ script: [String]) async throws {
    _ = try await database.query("INSERT INTO users (phone_number) VALUES ('+15551234567')")
    for statement in script { _ = try await database.query(SQL(schema: statement)) }
  }
}
