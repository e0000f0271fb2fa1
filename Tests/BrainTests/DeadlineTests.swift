import ConversationAPI
import JSON
import Logging
import TestSupport
import Testing

@testable import Brain

@Suite struct DeadlineTests {
  private static let ids = (1...6).map(Int64.init)
  private static let conversations = Dictionary(uniqueKeysWithValues: ids.map { ($0, ["text \($0)"]) })

  /// The first conversation works, the second one's model answers nothing before the time is over.
  private static let slowModel: World.ModelScript = { call, connection in
    if call.number > 1 { try await connection.forever() }
    try await call.remember(on: connection)
  }

  @Test func restGoesBackToTheQueueBeforeTheAnswer() async throws {
    try await World.run(
      conversations: Self.conversations, environment: ["MEMORY_CONCURRENCY": "1"], model: Self.slowModel
    ) { world, dependencies in
      let body = TaskMessage.generateMemoryBatch(conversationIDs: Self.ids).body
      try await world.handle([body], timeout: .seconds(30), dependencies, fails: [])
      // handle has returned, and the message is there.
      let message = try #require(world.now.queued.first?["MessageBody"]?.stringValue)
      #expect(world.now.queued.count == 1)
      let done = Set(world.now.storedMemories.map(\.conversationID))
      let failed = Set(Self.ids.filter { !world.log.lines(about: $0, atLeast: .error).isEmpty })
      guard case .generateMemoryBatch(let rest) = try TaskMessage(parsing: message) else {
        Issue.record("\(message)")
        return
      }
      #expect(rest == rest.sorted())
      #expect(done == [1])
      // Each one is done, failed with a log line, or in the new message; none is lost and none is in two places.
      #expect(done.count + failed.count + rest.count == Self.ids.count)
      #expect(done.union(failed).union(rest) == Set(Self.ids))
      #expect(rest.count >= 4)
    }
  }

  @Test func recordFailsWhenTheRestCannotBeHandedOver() async throws {
    try await World.run(
      conversations: Self.conversations, environment: ["MEMORY_CONCURRENCY": "1"], queueStatus: 403,
      model: Self.slowModel
    ) { world, dependencies in
      let body = TaskMessage.generateMemoryBatch(conversationIDs: Self.ids).body
      try await world.handle([body], timeout: .seconds(30), dependencies, fails: [0])
      #expect(world.now.queued.isEmpty)
      let end = try #require(world.log.lines.first { $0.message == "batch ended" })
      #expect(end.metadata["handed_over"] == "0")
    }
  }

  @Test func modelThatNeverAnswersFailsTheRecordAndSendsNothingRound() async throws {
    try await World.run(
      conversations: Self.conversations, environment: ["MEMORY_CONCURRENCY": "2"],
      model: { _, connection in try await connection.forever() }
    ) { world, dependencies in
      let body = TaskMessage.generateMemoryBatch(conversationIDs: Self.ids).body
      try await world.handle([body], timeout: .seconds(1), dependencies, fails: [0])
      #expect(world.now.queued.isEmpty)
    }
  }

  @Test func conversationWithStoredWindowsIsHandedOver() async throws {
    let texts = (0..<6).map { "\($0) " + String(repeating: "x", count: 600) }
    try await World.run(
      conversations: [1: texts], environment: ["MEMORY_WINDOW_TOKENS": "500"], model: Self.slowModel
    ) { world, dependencies in
      try await world.batch(1, timeout: .seconds(30), with: dependencies, fails: [])
      #expect(world.now.storedMemories.count == 1)
      #expect(
        world.now.queued.first?["MessageBody"]?.stringValue
          == TaskMessage.generateMemoryBatch(conversationIDs: [1]).body)
    }
  }

  @Test func longPauseOfTheProviderIsKeptByTheQueue() async throws {
    try await World.run(
      conversations: Self.conversations, environment: ["MEMORY_CONCURRENCY": "1"],
      model: { call, connection in
        if call.number == 3 { return try await connection.reply(429, headers: [("Retry-After", "100")], body: "{}") }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      let body = TaskMessage.generateMemoryBatch(conversationIDs: Self.ids).body
      try await world.handle([body], timeout: .seconds(30), dependencies, fails: [])
      #expect(world.now.storedMemories.map(\.conversationID) == [1, 2])
      let end = try #require(world.log.lines.first { $0.message == "batch ended" })
      #expect(end.metadata["handed_over"] == "4")
      #expect(world.now.modelCalls.count == 3)
      let message = try #require(world.now.queued.first)
      #expect(
        message["MessageBody"]?.stringValue == TaskMessage.generateMemoryBatch(conversationIDs: [3, 4, 5, 6]).body)
      #expect(message["DelaySeconds"]?.int64Value.map { (90...100).contains($0) } == true)
    }
  }

  @Test func restOfAStandardQueueKeepsItsGroupAndNeedsNoDeduplication() async throws {
    try await World.run(
      conversations: Self.conversations, environment: ["MEMORY_CONCURRENCY": "1"],
      model: { call, connection in
        if call.number == 2 { return try await connection.reply(429, headers: [("Retry-After", "100")], body: "{}") }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      let body = TaskMessage.generateMemoryBatch(conversationIDs: Self.ids).body
      try await world.handle(
        [body], groups: ["tenant"], ofStandardQueue: true, timeout: .seconds(30), dependencies, fails: [])
      let message = try #require(world.now.queued.first)
      #expect(message["MessageGroupId"] == "tenant")
      #expect(message["MessageDeduplicationId"] == nil)
      #expect(message["DelaySeconds"]?.int64Value.map { (90...100).contains($0) } == true)
    }
  }

  @Test func restOfAFIFOQueueKeepsItsGroup() async throws {
    try await World.run(
      conversations: Self.conversations, environment: ["MEMORY_CONCURRENCY": "1"],
      model: { call, connection in
        if call.number == 2 { return try await connection.reply(429, headers: [("Retry-After", "100")], body: "{}") }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      let body = TaskMessage.generateMemoryBatch(conversationIDs: Self.ids).body
      try await world.handle([body], groups: ["batches"], timeout: .seconds(30), dependencies, fails: [])
      let message = try #require(world.now.queued.first)
      #expect(message["MessageGroupId"] == "batches")
      #expect(message["MessageDeduplicationId"] == "record-0-rest-2-6-5")
      #expect(message["DelaySeconds"] == nil)
    }
  }

  @Test func largeRestIsSplitByTheQueuesLimit() async throws {
    let ids = (1...300).map(Int64.init)
    try await World.run(
      conversations: Dictionary(uniqueKeysWithValues: ids.map { ($0, ["text"]) }),
      environment: ["MEMORY_CONCURRENCY": "1", "SQS_MAX_MESSAGE_BYTES": "1024"],
      model: { call, connection in
        if call.number == 2 { return try await connection.reply(429, headers: [("Retry-After", "100")], body: "{}") }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      let body = TaskMessage.generateMemoryBatch(conversationIDs: ids).body
      try await world.handle([body], timeout: .seconds(30), dependencies, fails: [])
      let bodies = world.now.queued.compactMap { $0["MessageBody"]?.stringValue }
      #expect(bodies.count == 2)
      #expect(bodies.allSatisfy { $0.utf8.count <= 1024 })
      let rest = try bodies.flatMap { body in
        if case .generateMemoryBatch(let ids) = try TaskMessage(parsing: body) { ids } else { [Int64]() }
      }
      #expect(rest == Array(ids.dropFirst()))
    }
  }
}
