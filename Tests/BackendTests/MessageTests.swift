import ConversationAPI
import JSON
import Postgres
import TestSupport
import Testing

@testable import Backend

@Suite struct MessageTests {
  @Test func aMessageMovesItsConversation() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let before = try await backend.get("/conversations/\(id)")
      let message = try await backend.post(
        "/conversations/\(id)/messages", #"{"role":"user","content":"Grüße 👋\n\"x\""}"#)
      #expect(message.status == 201)
      #expect(try message["role"] == "user")
      #expect(try message["content"] == "Grüße 👋\n\"x\"")
      let after = try await backend.get("/conversations/\(id)")
      #expect(try after["last_message_id"] == message["id"])
      #expect(try after["updated_at"] == message["created_at"])
      #expect(try (after["updated_at"]?.stringValue ?? "") > (before["updated_at"]?.stringValue ?? "9"))

      let page = try await backend.get("/conversations/\(id)/messages")
      #expect(try page["messages"] == [message.json])
      #expect(try page["last_message_id"] == message["id"])
      #expect(try page["covered_message_id"] == 0)
      #expect(try page["next_after_id"] == .null)
    }
  }

  @Test func thePageIsOneThatTheBrainReads() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let first = try await backend.append("One", to: id)
      _ = try await backend.post(
        "/conversations/\(id)/messages", #"{"role":"assistant","content":"Two","reply_to_message_id":\#(first)}"#)
      let body = try await backend.get("/conversations/\(id)/messages").body
      let page = try JSONCoding.decode(MessagePage.self, from: Array(body.utf8))
      #expect(page.messages.map(\.content) == ["One", "Two"])
      #expect(page.messages.map(\.replyToMessageID) == [nil, first])
      #expect(page.messages.map(\.role) == [.user, .assistant])
    }
  }

  @Test func aConversationWithoutMessagesHasAnEmptyPage() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      #expect(
        try await backend.get("/conversations/\(id)/messages").body
          == #"{"messages":[],"last_message_id":0,"covered_message_id":0,"next_after_id":null}"#)
      try await backend.get("/conversations/\(id + 1)/messages").expectProblem(404)
      try await backend.post("/conversations/\(id + 1)/messages", #"{"role":"user","content":"x"}"#).expectProblem(404)
    }
  }

  @Test func pagesFollowEachOther() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.database.query(
        "INSERT INTO messages (conversation_id, role, content) SELECT $1, 'user', 'Message ' || n FROM generate_series(1, 2500) n",
        id)
      var after: JSONValue? = 0
      var contents: [String] = []
      var sizes: [Int] = []
      while let next = after?.int64Value {
        let page = try await backend.get("/conversations/\(id)/messages?after_id=\(next)&limit=5000")
        let messages = try page["messages"]?.arrayValue ?? []
        sizes.append(messages.count)
        contents += messages.compactMap { $0["content"]?.stringValue }
        after = try page["next_after_id"]
      }
      #expect(sizes == [1000, 1000, 500])
      #expect(contents == (1...2500).map { "Message \($0)" })
      let short = try await backend.get("/conversations/\(id)/messages?limit=2")
      #expect(try short["messages"]?.arrayValue?.count == 2)
      #expect(try short["next_after_id"] != .null)
    }
  }

  @Test func aPageFitsIntoLambdasAnswer() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      // Each quotation mark takes four bytes in the payload, each U+0001 seven: more than one page in all.
      _ = try await backend.database.query(
        """
        INSERT INTO messages (conversation_id, role, content)
        SELECT $1, 'user', repeat(CASE n % 3 WHEN 0 THEN '"' WHEN 1 THEN chr(1) ELSE 'x' END, 100000)
        FROM generate_series(1, 15) n
        """, id)
      var after: Int64? = 0
      var sizes: [Int] = []
      while let next = after {
        let event = try TestBackend.event("GET", "/conversations/\(id)/messages?after_id=\(next)")
        let payload = try await backend.payload(of: event)
        #expect(payload.count < 5_500_000)
        let page = try JSONValue(parsing: JSONValue(parsing: payload)["body"]?.stringValue ?? "")
        sizes.append(page["messages"]?.arrayValue?.count ?? 0)
        after = page["next_after_id"]?.int64Value
      }
      #expect(sizes.count == 2)
      #expect(sizes.reduce(0, +) == 15)
    }
  }

  @Test func aMessageLargerThanAnAnswerIsNamed() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let before = try await backend.append("Before", to: id)
      // With what is around it in an answer, the first is below what Lambda sends, and the second beyond.
      let fitting = try await backend.insert(bytes: 6_289_000, into: id)
      let large = try await backend.insert(bytes: 7_000_000, into: id)
      let after = try await backend.append("After", to: id)

      let messages = "/conversations/\(id)/messages"
      #expect(try await backend.get(messages).pageIDs == [before])
      #expect(try await backend.get(messages)["next_after_id"] == .integer(before))
      let target = "\(messages)?after_id=\(before)"
      #expect(try await backend.get(target).pageIDs == [fitting])
      #expect(try await backend.payload(of: TestBackend.event("GET", target)).count <= 6_291_556)
      let answer = try await backend.get("\(messages)?after_id=\(fitting)")
      try answer.expectProblem(500)
      #expect(try answer["detail"]?.stringValue?.contains("message \(large) is larger than an answer can be") == true)
      #expect(try await backend.get("\(messages)?after_id=\(large)").pageIDs == [after])
    }
  }

  @Test(arguments: [
    "limit=0", "limit=-1", "limit=x", "limit=1.5", "after_id=-1", "after_id=x", "limit=99999999999999999999",
  ])
  func aWrongParameterIsNamed(_ query: String) async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let answer = try await backend.get("/conversations/\(id)/messages?\(query)")
      try answer.expectProblem(422)
      #expect(try answer.faults.first?.hasPrefix(String(query.prefix { $0 != "=" })) == true)
      #expect(try await backend.get("/conversations/\(id)/messages?limit=&after_id=").status == 200)
    }
  }

  @Test func aMessageIsAnsweredOnce() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let question = try await backend.append("Question", to: id)
      let body = #"{"role":"assistant","content":"Answer","reply_to_message_id":\#(question)}"#
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for _ in 0..<8 { group.addTask { try await backend.post("/conversations/\(id)/messages", body) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.map(\.status).sorted() == [200, 200, 200, 200, 200, 200, 200, 201])
      #expect(try Set(answers.map { try $0.json.serialized }).count == 1)
      let page = try await backend.get("/conversations/\(id)/messages")
      #expect(try page["messages"]?.arrayValue?.count == 2)
      // Another text is not stored either: the first answer stands.
      let other = #"{"role":"assistant","content":"Other","reply_to_message_id":\#(question)}"#
      #expect(try await backend.post("/conversations/\(id)/messages", other)["content"] == "Answer")
    }
  }

  @Test func anAnswerIsToAMessageOfItsConversation() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let elsewhere = try await backend.append(to: try await backend.makeConversation())
      let body = #"{"role":"assistant","content":"Answer","reply_to_message_id":\#(elsewhere)}"#
      let answer = try await backend.post("/conversations/\(id)/messages", body)
      try answer.expectProblem(422)
      #expect(try answer.faults == ["/reply_to_message_id: is not a message of conversation \(id)"])
      try await backend.post("/conversations/999999/messages", body).expectProblem(404)
      #expect(try await backend.get("/conversations/\(id)")["last_message_id"] == 0)
    }
  }

  @Test func theCharacterUnicodeZeroIsRefused() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let answer = try await backend.post("/conversations/\(id)/messages", #"{"role":"user","content":"a\u0000b"}"#)
      try answer.expectProblem(422)
      #expect(try answer.faults == ["/content: must not have the character U+0000"])
    }
  }

  @Test func appendsFromAllSidesKeepTheirOrder() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<16 {
          group.addTask { for _ in 0..<20 { _ = try await backend.append(to: id) } }
        }
        // While they write: whatever is seen is the beginning of what there will be.
        group.addTask {
          for _ in 0..<30 {
            let page = try await backend.get("/conversations/\(id)/messages")
            let ids = try page["messages"]?.arrayValue?.compactMap { $0["id"]?.int64Value } ?? []
            #expect(ids == ids.sorted())
            #expect(try page["last_message_id"]?.int64Value == ids.last ?? 0)
          }
        }
        try await group.waitForAll()
      }
      let messages = try await backend.get("/conversations/\(id)/messages")["messages"]?.arrayValue ?? []
      #expect(messages.count == 320)
      let times = messages.compactMap { $0["created_at"]?.stringValue }
      #expect(times == times.sorted())
      #expect(try await backend.get("/conversations/\(id)")["updated_at"]?.stringValue == times.last)
    }
  }

  @Test func deletingAConversationDeletesWhatIsInIt() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let question = try await backend.append(to: id)
      _ = try await backend.post(
        "/conversations/\(id)/messages", #"{"role":"assistant","content":"A","reply_to_message_id":\#(question)}"#)
      _ = try await backend.post("/memories", #"{"conversation_id":\#(id),"memory_data":{}}"#)
      _ = try await backend.database.query("DELETE FROM conversations WHERE id = $1", id)
      let left = try await backend.database.query(
        "SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM conversation_memories)")
      #expect(try left.first?.decode(0, as: Int64.self) == 0)
    }
  }
}

extension TestBackend {
  /// Inserts a message of that size beside the API, and answers its id.
  fileprivate func insert(bytes: Int, into conversation: Int64) async throws -> Int64 {
    let rows = try await database.query(
      "INSERT INTO messages (conversation_id, role, content) VALUES ($1, 'user', repeat('x', $2)) RETURNING id",
      conversation, bytes)
    return try #require(rows.first).decode(0)
  }
}

extension TestAnswer {
  /// The ids of a page's messages.
  fileprivate var pageIDs: [Int64] {
    get throws { try self["messages"]?.arrayValue?.compactMap { $0["id"]?.int64Value } ?? [] }
  }
}
