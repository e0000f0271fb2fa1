import JSON
import Postgres
import TestSupport
import Testing

@testable import Backend

@Suite struct WebhookTests {
  @Test func aMessageMakesWhatIsMissingAndAsksForAReply() async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.receive("m-1")
      #expect(answer.status == 202)
      let conversation = try #require(try answer["conversation_id"]?.int64Value)
      let message = try #require(try answer["message_id"]?.int64Value)
      #expect(
        try backend.sentMessages == [["conversation_id": .integer(conversation), "message_id": .integer(message)]])
      let page = try await backend.get("/conversations/\(conversation)/messages")
      #expect(try page["messages"]?.arrayValue?.compactMap { $0["content"]?.stringValue } == ["Hello m-1"])
      #expect(try await backend.get("/conversations/\(conversation)")["user_id"] == answer["user_id"])
      #expect(
        try await backend.get("/users/\(answer["user_id"] ?? 0)")["phone_number"] == "+15551234567")
    }
  }

  @Test func aRepeatedDeliveryIsStoredOnceAndEnqueuedAgain() async throws {
    try await TestBackend.run { backend in
      let first = try await backend.receive("m-1")
      let again = try await backend.receive("m-1")
      #expect(again.status == 202)
      #expect(try again.json == first.json)
      #expect(try backend.sentMessages.count == 2)
      let rows = try await backend.database.query("SELECT count(*) FROM messages")
      #expect(try rows.first?.decode(0, as: Int64.self) == 1)
    }
  }

  @Test func messagesWithinTheThresholdAreOneConversation() async throws {
    try await TestBackend.run { backend in
      let first = try await backend.receive("m-1")
      let second = try await backend.receive("m-2")
      #expect(try second["conversation_id"] == first["conversation_id"])
      try await backend.rest(try #require(try first["conversation_id"]?.int64Value))
      let later = try await backend.receive("m-3")
      #expect(try later["conversation_id"] != first["conversation_id"])
      #expect(try later["user_id"] == first["user_id"])
      #expect(try await backend.receive("m-4")["conversation_id"] == later["conversation_id"])
    }
  }

  @Test(arguments: [false, true])
  func deliveriesAtOnceMakeOneUserAndOneConversation(isKnown: Bool) async throws {
    try await TestBackend.run { backend in
      // In the first rounds they would still wait for connections rather than for each other.
      for round in 0..<6 {
        let number = "+1555000000\(round)"
        if isKnown { _ = try await backend.post("/users", #"{"phone_number":"\#(number)"}"#) }
        let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
          for index in 0..<16 {
            group.addTask { try await backend.receive("\(round)-\(index % 8)", from: number) }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.allSatisfy { $0.status == 202 }, "\(answers.map(\.body))")
        #expect(try Set(answers.map { try $0["conversation_id"] }).count == 1)
        #expect(try Set(answers.map { try $0["message_id"] }).count == 8)
      }
    }
  }

  @Test func oneIDFromTwoNumbersIsOneMessage() async throws {
    try await TestBackend.run { backend in
      let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
        for index in 0..<8 { group.addTask { try await backend.receive("same", from: "+1555000000\(index)") } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.status == 202 }, "\(answers.map(\.body))")
      #expect(try Set(answers.map { try $0["message_id"] }).count == 1)
    }
  }

  @Test func withoutTheQueueTheMessageIsKept() async throws {
    let down = RequestCounter()
    try await TestBackend.run { request, connection in
      guard await down.next() > 3 else { return try await connection.reply(500, json: "{}") }
      try await TestBackend.acceptingQueue(request, connection)
    } _: { backend in
      try await backend.receive("m-1").expectProblem(502)
      let again = try await backend.receive("m-1")
      #expect(again.status == 202)
      let rows = try await backend.database.query("SELECT count(*) FROM messages")
      #expect(try rows.first?.decode(0, as: Int64.self) == 1)
    }
  }

  @Test(
    arguments: [
      (#"{}"#, ["/from: is missing", "/text: is missing", "/message_id: is missing"]),
      (
        #"{"from":"alice","text":"","message_id":7}"#,
        [
          "/from: must be a phone number in E.164 form, such as +15551234567", "/text: must not be empty",
          "/message_id: must be a string",
        ]
      ),
      (
        #"{"from":"+15551234567","text":"\u0000","message_id":"\#(String(repeating: "m", count: 256))"}"#,
        ["/text: must not have the character U+0000", "/message_id: must have at most 255 characters"]
      ),
    ])
  func wrongMembersAreNamed(_ body: String, _ faults: [String]) async throws {
    try await TestBackend.run { backend in
      let answer = try await backend.post("/webhooks/messages", body)
      try answer.expectProblem(422)
      #expect(try answer.faults == faults)
      #expect(backend.queue.requests.isEmpty)
    }
  }
}

extension TestBackend {
  fileprivate func receive(_ messageID: String, from number: String = "+15551234567") async throws -> TestAnswer {
    let body: JSONValue = [
      "from": .string(number), "text": .string("Hello \(messageID)"), "message_id": .string(messageID),
    ]
    return try await post("/webhooks/messages", body.serialized)
  }
}
