import ConversationAPI
import Foundation
import JSON
import LambdaEvents
import LambdaRuntime
import TestSupport
import Testing

@testable import Brain

@Suite struct EventTests {
  private static let batch = TaskMessage.generateMemoryBatch(conversationIDs: [1]).body
  private static let reply = TaskMessage.reply(conversationID: 2, messageID: 2).body
  private static let model: World.ModelScript = { call, connection in
    if call.document["purpose"] == "reply" { return try await call.say("An answer", on: connection) }
    try await call.remember(on: connection)
  }

  @Test func recordsThatAreNotUnderstoodAreFailuresAndTheOthersAreDone() async throws {
    try await World.run(conversations: [1: ["a"], 2: ["b"]], model: Self.model) { world, dependencies in
      let bodies = ["not JSON", Self.batch, "{}", #"{"task_type":"OTHER"}"#, Self.reply]
      try await world.handle(bodies, dependencies, fails: [0, 2, 3])
      #expect(world.now.conversations[1]?.memory != nil)
      #expect(world.now.conversations[2]?.messages.count == 2)
      #expect(world.log.lines.filter { $0.message == "the record is not understood" }.count == 3)
    }
  }

  @Test func eventThatIsNotOfSQSIsAnError() async throws {
    try await World.run { _, dependencies in
      for text in ["", "{}", "null", #"{"Records":1}"#] {
        await #expect(throws: (any Error).self) {
          try await handle(Array(text.utf8), LambdaContext(), dependencies)
        }
      }
    }
  }

  @Test func afterAFailureTheRestOfAFIFOGroupIsLeftAlone() async throws {
    try await World.run(conversations: [1: ["a"], 2: ["b"]], model: Self.model) { world, dependencies in
      let failed = try await world.handle(
        [Self.batch, "poison", Self.reply, Self.batch], groups: ["one", "one", "one", "two"], dependencies)
      #expect(failed == [1, 2])
      #expect(world.now.conversations[1]?.memory != nil)
      #expect(world.now.conversations[2]?.messages.count == 1)
    }
  }

  /// Fair queues: there a group says who sent a message, and nothing of an order.
  @Test func afterAFailureTheRestOfAStandardQueuesGroupIsDone() async throws {
    try await World.run(conversations: [1: ["a"], 2: ["b"]], model: Self.model) { world, dependencies in
      try await world.handle(
        [Self.batch, "poison", Self.reply], groups: ["one", "one", "one"], ofStandardQueue: true, dependencies,
        fails: [1])
      #expect(world.now.conversations[1]?.memory != nil)
      #expect(world.now.conversations[2]?.messages.count == 2)
    }
  }

  @Test func recordsOfAGroupFollowEachOther() async throws {
    try await World.run(conversations: [1: ["a"], 2: ["b"]], model: Self.model) { world, dependencies in
      let bodies = [Self.batch, Self.reply]
      try await world.handle(bodies, groups: ["one", "one"], dependencies, fails: [])
      #expect(world.now.modelCalls.map { $0.document["purpose"] } == ["memory", "reply"])
      #expect(world.now.mostModelCallsAtOnce == 1)
    }
  }

  @Test(arguments: [
    ("batch", 0), ("regular-message", 0), ("mixed", 1), ("poison", 1), ("fifo", 2), ("empty-batch", 0),
    ("batch-with-attributes", 0),
  ])
  func sampleEvent(name: String, failures: Int) async throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "events/brain/\(name).json")
    let event = Array(try Data(contentsOf: file))
    try await World.run(conversations: [1: ["one", "two", "three"], 2: ["b"], 3: ["c"]], model: Self.model) {
      world, dependencies in
      let answer = try SQSBatchResponse.decode(from: try await handle(event, LambdaContext(), dependencies))
      #expect(answer.batchItemFailures.count == failures)
      let ids = Set(try SQSEvent.decode(from: event).records.map(\.messageId))
      #expect(answer.batchItemFailures.allSatisfy { ids.contains($0.itemIdentifier) })
    }
  }
}
