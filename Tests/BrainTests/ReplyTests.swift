import ConversationAPI
import JSON
import Logging
import TestSupport
import Testing

@testable import Brain

@Suite struct ReplyTests {
  private static let reply = TaskMessage.reply(conversationID: 1, messageID: 1).body
  private static let talk: World.ModelScript = { call, connection in
    try await call.say("  Hello Ana!\n", on: connection)
  }

  @Test func messageIsAnswered() async throws {
    try await World.run(conversations: [1: ["Hi, I am Ana"]], model: Self.talk) { world, dependencies in
      try await world.handle([Self.reply], dependencies, fails: [])
      let answer = try #require(world.now.conversations[1]?.messages.last)
      #expect(answer.role == .assistant)
      #expect(answer.content == "Hello Ana!")
      #expect(answer.replyToMessageID == 1)
      let call = try #require(world.now.modelCalls.first)
      #expect(call.document["purpose"] == "reply")
      #expect(call.document["answer_to"] == "m1")
      #expect(call.body["response_format"] == nil)
    }
  }

  @Test func messageIsAnsweredThatMuchWasSaidAfter() async throws {
    let later = (0..<10).map { "later \($0) " + String(repeating: "x", count: 3500) }
    try await World.run(conversations: [1: ["the question"] + later], model: Self.talk) { world, dependencies in
      try await world.handle([Self.reply], dependencies, fails: [])
      let call = try #require(world.now.modelCalls.first)
      #expect(call.document["answer_to"] == "m1")
      #expect(call.prompt.hasPrefix("Answer the message m1 of"))
      #expect(call.document["messages"]?.arrayValue?.map { $0["text"] } == ["the question"])
    }
  }

  @Test func messageIsAnsweredAfterWhatWasSaidBefore() async throws {
    try await World.run(conversations: [1: ["Hi", "Hello!", "the question"]], model: Self.talk) { world, dependencies in
      let reply = TaskMessage.reply(conversationID: 1, messageID: 3).body
      try await world.handle([reply], dependencies, fails: [])
      let call = try #require(world.now.modelCalls.first)
      #expect(call.document["answer_to"] == "m3")
      #expect(call.document["messages"]?.arrayValue?.map { $0["text"] } == ["Hi", "Hello!", "the question"])
    }
  }

  @Test func messageDeliveredTwiceIsAnsweredOnce() async throws {
    try await World.run(conversations: [1: ["Hi"]], model: Self.talk) { world, dependencies in
      try await world.handle([Self.reply], dependencies, fails: [])
      try await world.handle([Self.reply], dependencies, fails: [])
      #expect(world.now.conversations[1]?.messages.count == 2)
      #expect(world.now.modelCalls.count == 1)
    }
  }

  @Test func messageDeliveredTwiceAtOnceIsAnsweredOnce() async throws {
    try await World.run(conversations: [1: ["Hi"]], model: Self.talk) { world, dependencies in
      try await world.handle([Self.reply, Self.reply], dependencies, fails: [])
      #expect(world.now.conversations[1]?.messages.count == 2)
    }
  }

  @Test func memoriesOfAllConversationsAreNotesInTheUsersTurn() async throws {
    try await World.run(conversations: [1: ["Hi"], 2: ["x"], 3: ["other user's"]], model: Self.talk) {
      world, dependencies in
      let memory = try Fixture.json("example.memory_data.json")
      world.change {
        $0.conversations[2]?.memory = memory
        $0.conversations[3]?.memory = .object(["favourite": "of another program"])
      }
      try await world.handle([Self.reply], dependencies, fails: [])
      let call = try #require(world.now.modelCalls.first)
      let notes = try #require(call.document["notes"]?.arrayValue)
      let texts = notes.compactMap { $0["text"]?.stringValue }
      #expect(texts.contains("The user's name is Ana."))
      #expect(texts.contains("Prefers a window seat."))
      #expect(texts.contains("Confirm the window seat."))
      // What is out of date is not told.
      #expect(!texts.contains { $0.contains("AB12CD") })
      let system = try #require(call.body["messages"]?.arrayValue?.first)
      #expect(system["role"] == "system")
      #expect(system["content"]?.stringValue?.contains("Ana") == false)
    }
  }

  @Test func newestMemoriesComeFirstAndOldOnesGiveWay() async throws {
    let conversations = Dictionary(uniqueKeysWithValues: (1...40).map { (Int64($0), ["Hi"]) })
    try await World.run(conversations: conversations, model: Self.talk) { world, dependencies in
      let example = try #require(Fixture.json("example.memory_data.json").objectValue)
      for number in 2...40 {
        let memory = try Self.memory(number, like: example)
        world.change { $0.conversations[Int64(number)]?.memory = memory }
      }
      try await world.handle([Self.reply], dependencies, fails: [])
      let notes = try #require(world.now.modelCalls.first?.document["notes"]?.arrayValue)
      let preferences = notes.compactMap { $0["text"]?.stringValue }.filter { $0.hasPrefix("Preference") }
      let numbers = preferences.compactMap { Int($0.dropFirst("Preference ".count).prefix { $0.isNumber }) }
      #expect((2..<39).contains(numbers.count))
      #expect(numbers == (0..<numbers.count).map { 40 - $0 })
    }
  }

  @Test func whatIsOverIsNotToldAndWhenTheRestHoldsIs() async throws {
    try await World.run(conversations: [1: ["Hi"], 2: ["x"]], model: Self.talk) { world, dependencies in
      var memory = try #require(Fixture.json("example.memory_data.json").objectValue)
      let example = try #require(memory["facts"]?.arrayValue?.last?.objectValue)
      func fact(_ text: JSONValue, from: JSONValue = .null, to: JSONValue = .null) -> JSONValue {
        var fact = example
        fact["text"] = text
        fact["valid_from"] = from
        fact["valid_to"] = to
        return .object(fact)
      }
      memory["facts"] = [
        fact("over", to: "2026-03-01"), fact("until today", to: "2026-03-02"),
        fact("for long", from: "2025-01-01", to: "2027-01-01"), fact("undated"),
      ]
      let data = JSONValue.object(memory)
      world.change { $0.conversations[2]?.memory = data }
      // The message is of the 2nd of March.
      try await world.handle([Self.reply], dependencies, fails: [])
      let notes = try #require(world.now.modelCalls.first?.document["notes"]?.arrayValue)
      let facts = notes.filter { $0["kind"] == "preference" }
      #expect(facts.map { $0["text"] } == ["until today", "for long", "undated"])
      #expect(facts.map { $0["valid_from"] } == [nil, "2025-01-01", nil])
      #expect(facts.map { $0["valid_to"] } == ["2026-03-02", "2027-01-01", nil])
    }
  }

  /// A memory with one preference, so long that the notes have no room for twenty of its kind.
  private static func memory(_ number: Int, like example: JSONObject) throws -> JSONValue {
    var memory = example
    var fact = try #require(example["facts"]?.arrayValue?.last?.objectValue)
    fact["text"] = .string("Preference \(number): " + String(repeating: "x", count: 380))
    fact["last_confirmed_at"] = .string("2026-03-02T09:00:\(number < 10 ? "0" : "")\(number)Z")
    memory["facts"] = [.object(fact)]
    return .object(memory)
  }

  @Test(arguments: [500, 429])
  func failureOfTheModelFailsTheRecord(status: Int) async throws {
    try await World.run(
      conversations: [1: ["Hi"]], environment: ["LLM_MAX_RETRIES": "1"],
      model: { _, connection in try await connection.reply(status, headers: [("retry-after-ms", "5")], body: "{}") }
    ) { world, dependencies in
      try await world.handle([Self.reply], dependencies, fails: [0])
      #expect(world.now.conversations[1]?.messages.count == 1)
      #expect(world.now.modelCalls.count == 2)
      #expect(world.log.lines(about: 1, atLeast: .error).count == 1)
    }
  }

  @Test func backendDownFailsTheRecord() async throws {
    try await World.run(
      conversations: [1: ["Hi"]],
      backend: { _, connection in
        try await connection.reply(503, json: "{}")
        return true
      }
    ) { world, dependencies in
      try await world.handle([Self.reply], dependencies, fails: [0])
      #expect(world.now.modelCalls.isEmpty)
      #expect(world.now.queued.map { $0["VisibilityTimeout"] } == [10])
    }
  }

  /// The queue's own time-out is minutes, and somebody waits for the answer.
  @Test(arguments: [(1, nil, 10), (2, nil, 60), (3, nil, 360), (9, nil, 720), (1, 95, 95), (3, 95, 360)])
  func failureThatWillPassIsTriedAgainSoonAndEachTimeLater(receives: Int, asked: Int?, seconds: Int) async throws {
    try await World.run(
      conversations: [1: ["Hi"]], environment: ["LLM_MAX_RETRIES": "0"],
      model: { _, connection in
        try await connection.reply(503, headers: asked.map { [("Retry-After", String($0))] } ?? [], body: "{}")
      }
    ) { world, dependencies in
      try await world.handle([Self.reply], receives: receives, dependencies, fails: [0])
      let change = try #require(world.now.queued.first)
      #expect(change["ReceiptHandle"] == "handle-0")
      #expect(change["VisibilityTimeout"] == .integer(seconds))
      #expect(world.now.queued.count == 1)
    }
  }

  @Test func failureThatWillNotPassAndAFIFOQueueKeepTheirVisibilityTimeout() async throws {
    try await World.run(
      conversations: [1: ["Hi"]], model: { call, connection in try await call.say("", on: connection) }
    ) { world, dependencies in
      try await world.handle([Self.reply], dependencies, fails: [0])
      #expect(world.now.queued.isEmpty)
    }
    try await World.run(
      conversations: [1: ["Hi"]], environment: ["LLM_MAX_RETRIES": "0"],
      model: { _, connection in try await connection.reply(503, body: "{}") }
    ) { world, dependencies in
      try await world.handle([Self.reply], groups: ["g"], dependencies, fails: [0])
      #expect(world.now.queued.isEmpty)
    }
  }

  @Test func queueThatDoesNotPutItOffDeliversItWhenItWould() async throws {
    try await World.run(
      conversations: [1: ["Hi"]], environment: ["LLM_MAX_RETRIES": "0"], queueStatus: 403,
      model: { _, connection in try await connection.reply(503, body: "{}") }
    ) { world, dependencies in
      try await world.handle([Self.reply], dependencies, fails: [0])
      #expect(world.log.lines(about: 1, atLeast: .warning).count == 2)
    }
  }

  @Test func lostAnswerOfTheBackendDoesNotAnswerTwice() async throws {
    let box = WorldBox()
    try await World.run(
      conversations: [1: ["Hi"]], model: Self.talk,
      backend: { request, connection in
        // The first POST is stored, and its answer lost.
        guard request.method == "POST", let world = box.world, world.now.conversations[1]?.messages.count == 1 else {
          return false
        }
        world.say("Hello Ana!", in: 1, replyTo: 1)
        try await connection.close()
        return true
      }
    ) { world, dependencies in
      box.world = world
      try await world.handle([Self.reply], dependencies, fails: [])
      #expect(world.now.conversations[1]?.messages.count == 2)
    }
  }

  @Test func goneConversationIsDroppedAndUnknownMessageIsAFailure() async throws {
    try await World.run(conversations: [1: ["Hi", "Hello"]], model: Self.talk) { world, dependencies in
      let bodies = [
        TaskMessage.reply(conversationID: 99, messageID: 1).body,
        TaskMessage.reply(conversationID: 1, messageID: 99).body,
        TaskMessage.reply(conversationID: 1, messageID: 2).body,
      ]
      try await world.handle(bodies, dependencies, fails: [1, 2])
      #expect(world.now.modelCalls.isEmpty)
    }
  }

  @Test func emptyAnswerIsAFailure() async throws {
    try await World.run(
      conversations: [1: ["Hi"]], model: { call, connection in try await call.say(" \n", on: connection) }
    ) { world, dependencies in
      try await world.handle([Self.reply], dependencies, fails: [0])
      #expect(world.now.conversations[1]?.messages.count == 1)
    }
  }
}
