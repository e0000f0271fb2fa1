import ConversationAPI
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Brain

/// A Backend that is down, throttled, elsewhere, or has another word than the Brain expects.
@Suite struct BackendFailureTests {
  @Test func backendDownFailsTheRecord() async throws {
    try await World.run(
      conversations: [1: ["a"], 2: ["b"]],
      backend: { _, connection in
        try await connection.close()
        return true
      }
    ) { world, dependencies in
      try await world.batch(1, 2, with: dependencies, fails: [0])
      #expect(world.now.modelCalls.isEmpty)
    }
  }

  @Test func outageEndsTheTryingEarly() async throws {
    let ids = (1...50).map(Int64.init)
    try await World.run(
      environment: ["MEMORY_CONCURRENCY": "2"],
      backend: { _, connection in
        try await connection.reply(503, json: "{}")
        return true
      }
    ) { world, dependencies in
      let body = TaskMessage.generateMemoryBatch(conversationIDs: ids).body
      try await world.handle([body], dependencies, fails: [0])
      // Each one tried costs three requests: far from all were tried.
      #expect(world.now.backendRequests.count <= 3 * 6)
    }
  }

  @Test func backendErrorIsTriedAgain() async throws {
    let box = WorldBox()
    try await World.run(
      conversations: [1: ["a"]],
      backend: { _, connection in
        guard let count = box.world?.now.backendRequests.count, count % 2 == 1 else { return false }
        try await connection.reply(500, json: #"{"title":"Internal Server Error","status":500}"#)
        return true
      }
    ) { world, dependencies in
      box.world = world
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.memory != nil)
    }
  }

  /// As an HTTP API answers while the Backend's function is at its concurrency limit.
  @Test func backendThatIsThrottledForTwoSecondsIsWaitedFor() async throws {
    let first = Mutex<ContinuousClock.Instant?>(nil)
    try await World.run(
      conversations: [1: ["a"]],
      backend: { _, connection in
        let start = first.withLock { start in
          start = start ?? .now
          return start ?? .now
        }
        guard .now < start + .seconds(2) else { return false }
        try await connection.reply(503, json: #"{"message":"Service Unavailable"}"#)
        return true
      }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.memory != nil)
    }
  }

  @Test func backendThatWantsAnotherKeyIsToldLoudly() async throws {
    try await World.run(
      conversations: [1: ["a"]], environment: ["BACKEND_API_KEY": "wrong"],
      backend: { request, connection in
        guard request["Authorization"] != "Bearer right" else { return false }
        try await connection.reply(401, json: #"{"title":"Unauthorized","status":401}"#)
        return true
      }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [0])
      #expect(
        world.log.lines(about: 1, atLeast: .critical).contains {
          $0.metadata["reason"]?.contains("BACKEND_API_KEY") == true
        })
      var right = dependencies
      right.settings.backendAPIKey = "right"
      try await world.batch(1, with: Dependencies(settings: right.settings), fails: [])
    }
  }

  /// What may stand where a wrong BACKEND_URL leads to: an HTTP API that has no such route, the Backend itself below
  /// another path, any web server.
  @Test(arguments: [
    #"{"message":"Not Found"}"#,
    #"{"type":"about:blank","title":"Not Found","status":404,"unknown":"path"}"#,
    "<html>404 Not Found</html>",
  ])
  func backendURLThatLeadsElsewhereFailsTheRecords(body: String) async throws {
    try await World.run(
      conversations: [1: ["a"]],
      backend: { _, connection in
        try await connection.reply(404, json: body)
        return true
      }
    ) { world, dependencies in
      let bodies = [
        TaskMessage.generateMemoryBatch(conversationIDs: [1]).body,
        TaskMessage.reply(conversationID: 1, messageID: 1).body,
      ]
      try await world.handle(bodies, dependencies, fails: [0, 1])
      #expect(world.now.modelCalls.isEmpty)
      let lines = world.log.lines(about: 1, atLeast: .error)
      #expect(lines.count == 2)
      #expect(lines.allSatisfy { $0.metadata["reason"]?.contains("BACKEND_URL") == true })
    }
  }

  @Test func conversationThatIsGoneIsDropped() async throws {
    try await World.run(conversations: [1: ["a"]]) { world, dependencies in
      try await world.batch(99, 1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.memory != nil)
      #expect(world.log.lines(about: 99, atLeast: .info).count == 1)
      #expect(world.log.lines(about: 99, atLeast: .error).isEmpty)
    }
  }

  @Test func conversationThatGoesMeanwhileIsDropped() async throws {
    let box = WorldBox()
    try await World.run(
      conversations: [1: ["a"]],
      model: { call, connection in
        box.world?.change { $0.conversations[1] = nil }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      box.world = world
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.log.lines(about: 1, atLeast: .error).isEmpty)
    }
  }

  @Test func newerMemoryIsLeftAlone() async throws {
    let box = WorldBox()
    let newer: JSONValue = ["from": "another Brain"]
    try await World.run(
      conversations: [1: ["a"]],
      model: { call, connection in
        box.world?.change {
          $0.conversations[1]?.memory = newer
          $0.conversations[1]?.covered = 100
        }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      box.world = world
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.memory == newer)
      #expect(world.log.lines(about: 1, atLeast: .error).isEmpty)
    }
  }

  @Test func memoryOfAFasterDeliveryIsNoFailure() async throws {
    let box = WorldBox()
    let other: JSONValue = ["from": "another delivery"]
    try await World.run(
      conversations: [1: ["a"]],
      model: { call, connection in
        box.world?.change {
          $0.conversations[1]?.memory = other
          $0.conversations[1]?.covered = 1
        }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      box.world = world
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.memory == other)
      #expect(world.log.lines(about: 1, atLeast: .warning).isEmpty)
      let end = try #require(world.log.lines.first { $0.message == "batch ended" })
      #expect(end.metadata["done"] == "1")
      #expect(end.metadata["failed"] == "0")
    }
  }
}
