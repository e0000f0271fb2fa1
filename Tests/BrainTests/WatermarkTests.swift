import ConversationAPI
import JSON
import TestSupport
import Testing

@testable import Brain

@Suite struct WatermarkTests {
  /// The conversation says that it is covered up to the first message, its memory up to the last one.
  @Test func messageThatOnlyTheMemoryTakesForCoveredIsRead() async throws {
    let box = WorldBox()
    try await World.run(
      conversations: [1: ["first"], 2: ["elsewhere"]],
      backend: { request, connection in
        guard request.target.hasSuffix("/conversations/1/memory"), let data = box.world?.now.conversations[1]?.memory
        else { return false }
        let memory: JSONValue = [
          "id": 1, "conversation_id": 1, "memory_data": data, "covered_message_id": 3,
          "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z",
        ]
        try await connection.reply(json: memory.serialized)
        return true
      }
    ) { world, dependencies in
      box.world = world
      world.say("last", in: 1)
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.covered == 3)
      world.change {
        let late = Message(id: 2, role: .user, content: "found later", createdAt: "2026-03-02T09:00:00Z")
        $0.conversations[1]?.messages.insert(late, at: 1)
        $0.conversations[1]?.covered = 1
      }
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.modelCalls.count == 2)
      #expect(
        world.now.modelCalls.last?.document["messages"]?.arrayValue?.map { $0["text"] } == ["found later", "last"])
      #expect(world.now.conversations[1]?.covered == 3)
    }
  }
}
