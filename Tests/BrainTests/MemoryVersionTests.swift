import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Brain

/// A memory takes the place of the one that it was made from, and of no other.
@Suite struct MemoryVersionTests {
  /// What somebody does to a memory while the model thinks about its conversation: forget it, or correct it.
  @Test(arguments: [nil, ["corrected": "by the user"]] as [JSONValue?])
  func memoryThatWasDeletedOrCorrectedMeanwhileStaysSo(left: JSONValue?) async throws {
    let box = WorldBox()
    try await World.run(
      conversations: [1: ["a", "b"], 2: ["c"]],
      model: { call, connection in
        if call.shows("later") {
          box.world?.change {
            $0.conversations[1]?.memory = left
            if left == nil { $0.conversations[1]?.covered = 0 }
          }
        }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      box.world = world
      try await world.batch(1, with: dependencies, fails: [])
      let covered = try #require(world.now.conversations[1]?.covered)
      world.say("later", in: 1)
      try await world.batch(1, 2, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.memory == left)
      #expect(world.now.conversations[1]?.covered == (left == nil ? 0 : covered))
      #expect(world.now.conversations[2]?.memory != nil)
      let lines = world.log.lines(about: 1, atLeast: .warning)
      #expect(lines.count == 1)
      #expect(lines.first?.message.contains("deleted or replaced") == true)
      let end = try #require(world.log.lines.last { $0.message == "batch ended" })
      #expect(end.metadata["failed"] == "1")
    }
  }

  @Test func memoryThatAppearedMeanwhileStays() async throws {
    let box = WorldBox()
    let other: JSONValue = ["from": "a user"]
    try await World.run(
      conversations: [1: ["a"]],
      model: { call, connection in
        box.world?.change { $0.conversations[1]?.memory = other }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      box.world = world
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.memory == other)
    }
  }

  @Test func nothingIsAskedOfABackendThatTellsNoVersion() async throws {
    let preconditions = Mutex<[String]>([])
    try await World.run(
      conversations: [1: ["a", "b"]],
      backend: { request, connection in
        if request.method == "POST" {
          preconditions.withLock { $0 += [request["If-Match"], request["If-None-Match"]].compactMap { $0 } }
        }
        guard request.target.hasSuffix("/memory") else { return false }
        try await connection.reply(
          json: #"""
            {"id":1,"conversation_id":1,"memory_data":{},"covered_message_id":1,"created_at":"2026-03-02T09:00:00Z",
             "updated_at":"2026-03-02T09:00:00Z"}
            """#)
        return true
      }
    ) { world, dependencies in
      world.change { $0.conversations[1]?.covered = 1 }
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.storedMemories.count == 1)
      let asked = preconditions.withLock { $0 }
      #expect(asked == [])
    }
  }
}
