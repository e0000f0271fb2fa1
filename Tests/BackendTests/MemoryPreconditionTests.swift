import JSON
import TestSupport
import Testing

@testable import Backend

/// `If-Match` and `If-None-Match`: a memory takes the place of the one that its maker knew, or of none.
@Suite struct MemoryPreconditionTests {
  @Test func aMemoryReplacesTheOneItWasMadeFrom() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      let first = try await backend.save(#"{"n":1}"#, of: id, if: ["if-none-match": "*"])
      #expect(first.status == 201)
      let tag = try #require(first.headers["etag"])
      #expect(try await backend.get("/conversations/\(id)/memory").headers["etag"] == tag)
      let second = try await backend.save(#"{"n":2}"#, of: id, if: ["if-match": tag])
      #expect(second.status == 200)
      let newTag = try #require(second.headers["etag"])
      #expect(newTag != tag)
      #expect(try await backend.save(#"{"n":3}"#, of: id, if: ["if-match": #""1", \#(newTag)"#]).status == 200)
      #expect(try await backend.save(#"{"n":4}"#, of: id, if: ["if-match": "*"]).status == 200)
      #expect(try await backend.get("/conversations/\(id)/memory")["memory_data"] == ["n": 4])
    }
  }

  @Test func aMemoryReplacesNoOther() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let message = try await backend.append(to: id)
      let tag = try #require(try await backend.save(#"{"n":1}"#, of: id, covering: 0).headers["etag"])
      let corrected = try await backend.save(#"{"n":2}"#, of: id, covering: 0)
      for condition in [
        ["if-match": tag], ["if-match": "W/\(corrected.headers["etag"] ?? "")"], ["if-match": #""*""#],
        ["if-match": "x"], ["if-none-match": "*"], ["if-match": "*", "if-none-match": "*"],
      ] {
        let answer = try await backend.save(#"{"n":3}"#, of: id, if: condition)
        try answer.expectProblem(412)
        #expect(try answer["memory"] == corrected.json)
      }
      #expect(try await backend.get("/conversations/\(id)/memory").json == corrected.json)
      #expect(try await backend.get("/conversations/\(id)")["covered_message_id"] == 0)
      // What is wrong without any condition is told first.
      try await backend.save("{}", of: id, covering: message + 1, if: ["if-match": tag]).expectProblem(422)
      try await backend.save("{}", of: id + 1, if: ["if-match": tag]).expectProblem(404)
      try await backend.save("{}", of: id, if: ["if-none-match": tag]).expectProblem(400)
    }
  }

  @Test func aForgottenMemoryStaysForgotten() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      let tag = try #require(try await backend.save("{}", of: id).headers["etag"])
      #expect(try await backend.send("DELETE", "/conversations/\(id)/memory").status == 204)
      for condition in [tag, "*"] {
        let answer = try await backend.save(#"{"n":2}"#, of: id, if: ["if-match": condition])
        try answer.expectProblem(412)
        #expect(try answer["memory"] == nil)
      }
      try await backend.get("/conversations/\(id)/memory").expectProblem(404)
      #expect(try await backend.get("/conversations/\(id)")["covered_message_id"] == 0)
      #expect(try await backend.save("{}", of: id, if: ["if-none-match": "*"]).status == 201)
    }
  }

  @Test func whatIsDoneAlreadyMayBeAskedForAgain() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      let first = try await backend.save(#"{"n":1,"m":1e2}"#, of: id, if: ["if-none-match": "*"])
      let again = try await backend.save(#"{"m":1e2,"n":1}"#, of: id, if: ["if-none-match": "*"])
      #expect(again.status == 200)
      #expect(try again.json == first.json)
      #expect(again.headers["etag"] == first.headers["etag"])
    }
  }

  @Test(arguments: ["if-match", "if-none-match"])
  func ofCallersAtOnceOneComesFirst(condition: String) async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      let isMatch = condition == "if-match"
      let value = isMatch ? try #require(try await backend.save("{}", of: id).headers["etag"]) : "*"
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for caller in 0..<32 {
          group.addTask { try await backend.save(#"{"caller":\#(caller)}"#, of: id, if: [condition: value]).status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.filter { $0 == (isMatch ? 200 : 201) }.count == 1)
      #expect(statuses.filter { $0 == 412 }.count == 31)
    }
  }
}

extension TestBackend {
  /// Saves a memory under conditions.
  fileprivate func save(
    _ document: String, of conversation: Int64, covering message: Int64? = nil, if conditions: [String: String]
  ) async throws -> TestAnswer {
    let covered = message.map { #","covered_message_id":\#($0)"# } ?? ""
    return try await send(
      "POST", "/memories", body: #"{"conversation_id":\#(conversation),"memory_data":\#(document)\#(covered)}"#,
      headers: conditions)
  }
}
