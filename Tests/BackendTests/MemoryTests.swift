import JSON
import Postgres
import TestSupport
import Testing

@testable import Backend

@Suite struct MemoryTests {
  @Test func aMemoryIsMadeThenReplaced() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let message = try await backend.append(to: id)
      let created = try await backend.save(#"{"facts":[1]}"#, of: id)
      #expect(created.status == 201)
      #expect(created.headers["location"] == "/conversations/\(id)/memory")
      #expect(try created["conversation_id"] == .integer(id))
      #expect(try created["covered_message_id"] == .integer(message))
      #expect(try created["memory_data"] == ["facts": [1]])

      // As much is covered as before: it replaces.
      let replaced = try await backend.save(#"{"facts":[2]}"#, of: id, covering: message)
      #expect(replaced.status == 200)
      #expect(try replaced["id"] == created["id"])
      #expect(try replaced["created_at"] == created["created_at"])
      #expect(try (replaced["updated_at"]?.stringValue ?? "") > (created["updated_at"]?.stringValue ?? "9"))
      #expect(try await backend.get("/conversations/\(id)/memory").json == replaced.json)
    }
  }

  @Test func aMemoryDoesNotMoveItsConversation() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      let before = try await backend.get("/conversations/\(id)")["updated_at"]
      _ = try await backend.save("{}", of: id)
      #expect(try await backend.get("/conversations/\(id)")["updated_at"] == before)
    }
  }

  @Test func anOlderMemoryChangesNothing() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let first = try await backend.append(to: id)
      let second = try await backend.append(to: id)
      let stored = try await backend.save(#"{"n":1E2}"#, of: id, covering: second)
      let late = try await backend.save(#"{"n":2}"#, of: id, covering: first)
      try late.expectProblem(409)
      #expect(try late["memory"] == stored.json)
      #expect(try await backend.get("/conversations/\(id)/memory").json == stored.json)
      #expect(try await backend.get("/conversations/\(id)")["covered_message_id"] == .integer(second))
    }
  }

  @Test func aMemoryCannotCoverWhatIsNotThere() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let message = try await backend.append(to: id)
      let answer = try await backend.save("{}", of: id, covering: message + 1)
      try answer.expectProblem(422)
      #expect(
        try answer.faults == ["/covered_message_id: is beyond the conversation's last message, which is \(message)"])
      try await backend.get("/conversations/\(id)/memory").expectProblem(404)
      try await backend.save("{}", of: id + 1).expectProblem(404)
      #expect(try await backend.save("{}", of: id, covering: 0).status == 201)
    }
  }

  @Test(
    arguments: [
      (#"{}"#, ["/conversation_id: is missing", "/memory_data: is missing"]),
      (
        #"{"conversation_id":"1","memory_data":[],"covered_message_id":-1}"#,
        [
          "/conversation_id: must be a whole number from 1 to 9223372036854775807", "/memory_data: must be an object",
          "/covered_message_id: must be a whole number from 0 to 9223372036854775807",
        ]
      ),
      (
        #"{"conversation_id":0,"memory_data":{"a":["b\u0000"],"c/~\u0000":1,"big":1e1001}}"#,
        [
          "/conversation_id: must be a whole number from 1 to 9223372036854775807",
          "/memory_data/a/0: must not have the character U+0000",
          "/memory_data/c~1~0\u{0}: the name must not have the character U+0000",
          "/memory_data/big: has more than 1000 digits when it is written out",
        ]
      ),
    ])
  func wrongMembersAreNamed(_ body: String, _ faults: [String]) async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.post("/memories", body)
      try answer.expectProblem(422)
      #expect(try answer.faults == faults)
    }
  }

  @Test func thousandsOfFaultsAreNotAllTold() async throws {
    try await TestBackend.run { backend in
      let values = Array(repeating: #""\u0000""#, count: 20_000).joined(separator: ",")
      let members = (0..<20_000).map { #""\u0000\#($0)":0"# }.joined(separator: ",")
      for document in [#"{"a":[\#(values)]}"#, #"{\#(members)}"#] {
        let answer = try await backend.post("/memories", #"{"conversation_id":1,"memory_data":\#(document)}"#)
        try answer.expectProblem(422)
        #expect(try answer.faults.count == 100)
      }
    }
  }

  @Test func veryLongPointersAreToldByTheirBeginning() async throws {
    try await TestBackend.run { backend in
      // The values before the first fault must not pay for the long name either, or this takes minutes.
      let name = String(repeating: "~", count: 500_000)
      let values = Array(repeating: "0", count: 200_000) + Array(repeating: #""\u0000""#, count: 200)
      let body =
        #"{"conversation_id":1,"memory_data":{"a":"\u0000","\#(name)":[\#(values.joined(separator: ","))]}}"#
      let payload = try await backend.payload(of: try TestBackend.event("POST", "/memories", body: body))
      #expect(payload.count < 1_000_000)
      let faults = try await backend.post("/memories", body).faults
      #expect(faults.count == 100)
      #expect(faults.first == "/memory_data/a: must not have the character U+0000")
      #expect(faults.dropFirst().allSatisfy { $0.hasPrefix("/memory_data/~0~0~0") && $0.contains("~0…: must not") })
    }
  }

  @Test(
    arguments: [
      "1", "0", "-0", "-0.0", "-0e5", "1.0", "0.1", "0.10", "1.50", "12345678901234567890", "1e21", "1E+2", "1e-7",
      "-12345678901234567890.1234567890", "1E400", "0e0", "100000000000000000000000", "1.7976931348623157e308",
    ])
  func numbersComeBackAsTheyWereSent(_ number: String) async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let document = #"{"n":\#(number),"deep":[{"m":[\#(number)]}]}"#
      let sent = try JSONValue(parsing: document)
      #expect(try await backend.save(document, of: id)["memory_data"] == sent)
      #expect(try await backend.get("/conversations/\(id)/memory")["memory_data"] == sent)
      #expect(try await backend.get("/memories")["memories"]?.arrayValue?.first?["memory_data"] == sent)
      // The column is jsonb all the same.
      let stored = try await backend.database.query("SELECT jsonb_typeof(memory_data->'n') FROM conversation_memories")
      #expect(try stored.first?.decode(0) == "number")
    }
  }

  @Test(arguments: ["1e1000", "1e-1000", "1e99999999999999999999", "1E131072", String(repeating: "7", count: 1001)])
  func absurdNumbersAreRefused(_ number: String) async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      try await backend.save(#"{"n":\#(number)}"#, of: id).expectProblem(422)
    }
  }

  @Test func anEditByHandWins() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.save(#"{"n":1e21,"z":-0}"#, of: id)
      _ = try await backend.database.query(
        #"UPDATE conversation_memories SET memory_data = '{"edited": true}' WHERE conversation_id = $1"#, id)
      #expect(try await backend.get("/conversations/\(id)/memory")["memory_data"] == ["edited": true])
    }
  }

  @Test func callersAtOnceMakeOneMemory() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for caller in 0..<32 { group.addTask { try await backend.save(#"{"caller":\#(caller)}"#, of: id) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.filter { $0.status == 201 }.count == 1)
      #expect(answers.filter { $0.status == 200 }.count == 31)
      #expect(try Set(answers.map { try $0["id"] }).count == 1)
      let rows = try await backend.database.query("SELECT count(*) FROM conversation_memories")
      #expect(try rows.first?.decode(0, as: Int64.self) == 1)
    }
  }

  @Test func theNewestOfCallersAtOnceStays() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      var messages: [Int64] = []
      for _ in 0..<16 { messages.append(try await backend.append(to: id)) }
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for message in messages.shuffled() {
          group.addTask { try await backend.save(#"{"through":\#(message)}"#, of: id, covering: message).status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(statuses).isSubset(of: [200, 201, 409]))
      #expect(statuses.filter { $0 == 201 }.count == 1)
      let memory = try await backend.get("/conversations/\(id)/memory")
      #expect(try memory["memory_data"]?["through"]?.int64Value == messages.last)
      #expect(try memory["covered_message_id"]?.int64Value == messages.last)
    }
  }

  @Test func aForgottenMemoryLeavesItsConversationDue() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      _ = try await backend.save("{}", of: id)
      try await backend.rest(id)
      #expect(try await backend.dueCount() == 0)
      let deleted = try await backend.send("DELETE", "/conversations/\(id)/memory")
      #expect(deleted.status == 204)
      #expect(deleted.body == "")
      try await backend.send("DELETE", "/conversations/\(id)/memory").expectProblem(404)
      try await backend.get("/conversations/\(id)/memory").expectProblem(404)
      #expect(try await backend.get("/conversations/\(id)")["covered_message_id"] == 0)
      #expect(try await backend.dueCount() == 1)
    }
  }

  @Test func memoriesAreListedInPages() async throws {
    try await TestBackend.run { backend in
      let user = try await backend.post("/users", #"{"phone_number":"+15551234567"}"#)["id"]?.int64Value ?? 0
      for index in 0..<110 {
        let id =
          index < 3
          ? try await backend.makeConversation()
          : try #require(try await backend.post("/users/\(user)/conversations")["id"]?.int64Value)
        _ = try await backend.save(#"{"n":\#(index)}"#, of: id)
      }
      #expect(try await backend.numbers(of: "/memories?limit=50") == Array(0..<110))
      #expect(try await backend.numbers(of: "/memories?limit=51&user_id=\(user)") == Array(3..<110))
      #expect(try await backend.numbers(of: "/memories?limit=60") == Array(0..<110))
      #expect(try await backend.get("/memories")["memories"]?.arrayValue?.count == 100)
      #expect(try await backend.get("/memories?user_id=999999").body == #"{"memories":[],"next_cursor":null}"#)
      for wrong in ["limit=0", "cursor=x", "user_id=0", "user_id=abc", "order=best"] {
        let answer = try await backend.get("/memories?\(wrong)")
        try answer.expectProblem(422)
        #expect(try answer.faults.first?.hasPrefix(String(wrong.prefix { $0 != "=" })) == true)
      }
    }
  }

  @Test func memoriesAreListedNewestFirstWhereThatIsAskedFor() async throws {
    try await TestBackend.run { backend in
      let user = try await backend.post("/users", #"{"phone_number":"+15551234567"}"#)["id"]?.int64Value ?? 0
      for index in 0..<7 {
        let id =
          index < 3
          ? try await backend.makeConversation()
          : try #require(try await backend.post("/users/\(user)/conversations")["id"]?.int64Value)
        _ = try await backend.save(#"{"n":\#(index)}"#, of: id)
      }
      let newest = "\(Int64.max)"
      #expect(try await backend.numbers(of: "/memories?order=newest&limit=2", from: newest) == [6, 5, 4, 3, 2, 1, 0])
      #expect(
        try await backend.numbers(of: "/memories?order=newest&limit=3&user_id=\(user)", from: newest) == [6, 5, 4, 3])
      let first = try await backend.get("/memories?order=newest&limit=1")
      #expect(try first["memories"]?.arrayValue?.first?["memory_data"] == ["n": 6])
      #expect(try await backend.numbers(of: "/memories?order=oldest") == Array(0..<7))
    }
  }

  @Test func largeMemoriesFitIntoAnswers() async throws {
    try await TestBackend.run { backend in
      let text = String(repeating: #"\""#, count: 250_000)
      for index in 0..<7 {
        let id = try await backend.makeConversation()
        #expect(try await backend.save(#"{"n":\#(index),"text":"\#(text)"}"#, of: id).status == 201)
      }
      let payload = try await backend.payload(of: try TestBackend.event("GET", "/memories"))
      #expect(payload.count < 5_500_000)
      #expect(try await backend.numbers(of: "/memories?limit=100") == Array(0..<7))
    }
  }
}

extension TestBackend {
  /// Saves a memory.
  func save(_ document: String, of conversation: Int64, covering message: Int64? = nil) async throws -> TestAnswer {
    let covered = message.map { #","covered_message_id":\#($0)"# } ?? ""
    return try await post("/memories", #"{"conversation_id":\#(conversation),"memory_data":\#(document)\#(covered)}"#)
  }

  /// The member `n` of all memories that pages, each the next of the one before, have in all.
  fileprivate func numbers(of target: String, from start: String = "0") async throws -> [Int64] {
    var numbers: [Int64] = []
    var cursor: String? = start
    while let next = cursor {
      let page = try await get("\(target)&cursor=\(next)")
      numbers += try page["memories"]?.arrayValue?.compactMap { $0["memory_data"]?["n"]?.int64Value } ?? []
      cursor = try page["next_cursor"]?.stringValue
    }
    return numbers
  }
}
