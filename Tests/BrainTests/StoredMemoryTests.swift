import JSON
import TestSupport
import Testing

@testable import Brain

/// What becomes of the memory that is there already.
@Suite struct StoredMemoryTests {
  /// Gives the conversation a memory that covers its first two messages.
  private func store(_ memory: JSONObject, in world: World) {
    let data = JSONValue.object(memory)
    world.change {
      $0.conversations[1]?.memory = data
      $0.conversations[1]?.covered = 2
    }
  }

  /// The example, to which somebody added a note and to the first item of each list who looked at it.
  private func reviewed() throws -> JSONObject {
    var memory = try #require(Fixture.json("example.memory_data.json").objectValue)
    memory["operator_note"] = "A friend of the house."
    for list in ["facts", "open_items", "entities"] {
      var items = try #require(memory[list]?.arrayValue)
      var item = try #require(items.first?.objectValue)
      item["reviewed_by"] = "Kim"
      items[0] = .object(item)
      memory[list] = .array(items)
    }
    return memory
  }

  @Test func whatOthersAddedStaysWindowAfterWindow() async throws {
    try await World.run(conversations: [1: ["first", "second"]], environment: ["MEMORY_WINDOW_TOKENS": "100"]) {
      world, dependencies in
      store(try reviewed(), in: world)
      for number in 3...4 { world.say("\(number) " + String(repeating: "x", count: 210), in: 1) }
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.storedMemories.count == 2)
      let memory = try #require(world.now.conversations[1]?.memory)
      #expect(memory["operator_note"] == "A friend of the house.")
      #expect(memory["summary"] == "A summary")
      #expect(memory["facts"]?.arrayValue?.count == 5)
      for list in ["facts", "open_items", "entities"] {
        let items = try #require(memory[list]?.arrayValue)
        #expect(items.first?["reviewed_by"] == "Kim", "\(list)")
        #expect(items.dropFirst().allSatisfy { $0["reviewed_by"] == nil }, "\(list)")
      }
    }
  }

  @Test func whatOthersAddedToAFactIsForgottenWithIt() async throws {
    try await World.run(
      conversations: [1: ["first", "second"]],
      model: { call, connection in
        var memory = call.memory.objectValue ?? [:]
        memory["facts"] = []
        memory["retracted"] = [["ref": "f1", "why": "user_asked_to_forget", "evidence": ["m1"]]]
        try await call.say(JSONValue.object(memory).serialized, on: connection)
      }
    ) { world, dependencies in
      store(try reviewed(), in: world)
      world.say("Forget my name!", in: 1)
      try await world.batch(1, with: dependencies, fails: [])
      let memory = try #require(world.now.conversations[1]?.memory)
      let fact = try #require(memory["facts"]?.arrayValue?.first)
      #expect(fact["text"] == "[forgotten]")
      #expect(fact["reviewed_by"] == nil)
      #expect(memory["operator_note"] == "A friend of the house.")
    }
  }

  @Test func memoryOfManyFactsFitsAModelOfASmallContext() async throws {
    let tooLong = #"{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}"#
    try await World.run(
      conversations: [1: ["first", "second"]],
      model: { call, connection in
        guard call.prompt.utf8.count < 12_000 else { return try await connection.reply(400, json: tooLong) }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      var memory = try #require(Fixture.json("example.memory_data.json").objectValue)
      var fact = try #require(memory["facts"]?.arrayValue?.last?.objectValue)
      memory["facts"] = .array(
        (100..<250).map { number -> JSONValue in
          fact["id"] = .string("f_000000000\(number)")
          fact["text"] = .string("Fact \(number): " + String(repeating: "x", count: 390))
          return .object(fact)
        })
      store(memory, in: world)
      world.say("third", in: 1)
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.covered == 3)
      #expect(world.now.modelCalls.count > 1)
      let known = try #require(world.now.modelCalls.last?.document["known_facts"]?.arrayValue)
      #expect((10..<150).contains(known.count))
      #expect(known.last?["text"]?.stringValue?.hasPrefix("Fact 249") == true)
      // Those that were not shown are there still.
      #expect(world.now.conversations[1]?.memory?["facts"]?.arrayValue?.count == 151)
    }
  }
}
