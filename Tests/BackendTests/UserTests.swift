import JSON
import TestSupport
import Testing

@testable import Backend

@Suite struct UserTests {
  @Test func aNumberHasOneUser() async throws {
    try await TestBackend.run { backend in
      let created = try await backend.post("/users", #"{"phone_number":"+15551234567"}"#)
      #expect(created.status == 201)
      let id = try #require(try created["id"]?.int64Value)
      #expect(created.headers["location"] == "/users/\(id)")
      let again = try await backend.post("/users", #"{"phone_number":"+15551234567"}"#)
      #expect(again.status == 200)
      #expect(try again.json == created.json)
      #expect(try await backend.get("/users/\(id)").json == created.json)
    }
  }

  @Test func callersAtOnceMakeOneUser() async throws {
    try await TestBackend.run { backend in
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<16 {
          group.addTask { try await backend.post("/users", #"{"phone_number":"+15551234567"}"#).status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.filter { $0 == 201 }.count == 1)
      #expect(statuses.filter { $0 == 200 }.count == 15)
    }
  }

  @Test(
    arguments: [
      #""15551234567""#, #""+0155512345""#, #""+1 555 123""#, #""+12""#, #""+1234567890123456""#, #""""#, "15551234567",
      "null", #""+1555\u0000123""#, #""+١٢٣٤٥""#,
    ])
  func whatIsNoNumberIsRefused(_ number: String) async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.post("/users", #"{"phone_number":\#(number)}"#)
      try answer.expectProblem(422)
      #expect(
        try answer.faults == ["/phone_number: must be a phone number in E.164 form, such as +15551234567"])
    }
  }

  @Test func anUnknownUserIsNotFound() async throws {
    try await TestBackend.run { backend in
      try await backend.get("/users/9223372036854775807").expectProblem(404)
      try await backend.post("/users/7/conversations").expectProblem(404)
    }
  }

  @Test func aConversationIsReadAsItWasMade() async throws {
    try await TestBackend.run { backend in
      let user = try await backend.post("/users", #"{"phone_number":"+15551234567"}"#)
      let userID = try #require(try user["id"]?.int64Value)
      for body in [nil, "", "{}"] {
        #expect(try await backend.post("/users/\(userID)/conversations", body).status == 201)
      }
      let created = try await backend.post("/users/\(userID)/conversations", "{}")
      let id = try #require(try created["id"]?.int64Value)
      #expect(created.headers["location"] == "/conversations/\(id)")
      #expect(try created["user_id"] == .integer(userID))
      #expect(try created["last_message_id"] == 0)
      #expect(try created["covered_message_id"] == 0)
      #expect(try created["updated_at"]?.stringValue?.hasSuffix("Z") == true)
      #expect(try await backend.get("/conversations/\(id)").json == created.json)
      try await backend.get("/conversations/\(id + 1)").expectProblem(404)
    }
  }
}
