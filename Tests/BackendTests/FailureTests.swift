import JSON
import LambdaRuntime
import Postgres
import TestSupport
import Testing

@testable import Backend

/// The database away, back again, or not what it should be.
@Suite struct FailureTests {
  @Test func aDatabaseThatIsDownIsSaidSoAndFoundAgain() async throws {
    let variables = TestBackend.environment(
      databaseURL: "postgresql://nobody@127.0.0.1:1/nothing", sqs: "http://127.0.0.1:1")
    // The function starts all the same.
    let handler = try await Main.initialize(LambdaEnvironment(variables))
    for (method, target) in [("GET", "/health"), ("GET", "/memories"), ("POST", "/tasks/trigger-memory-generation")] {
      guard case .buffered(let bytes, _) = try await handler(TestBackend.event(method, target), LambdaContext()) else {
        return
      }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.hasPrefix(#"{"statusCode":503"#), "\(text)")
      #expect(text.contains("The database cannot be reached."))
      #expect(!text.contains("127.0.0.1"), "no detail of the connection leaves the function")
    }
  }

  @Test func aRestartOfTheDatabaseCostsAtMostOneRequest() async throws {
    let cluster = try await TestCluster.start()
    try await TestBackend.run(environment: ["AWS_LAMBDA_MAX_CONCURRENCY": "1"], on: cluster.makeDatabase().url) {
      backend in
      let id = try await backend.makeConversation()
      try await cluster.restart()
      let statuses = try await [
        backend.post("/conversations/\(id)/messages", #"{"role":"user","content":"x"}"#).status,
        backend.post("/conversations/\(id)/messages", #"{"role":"user","content":"x"}"#).status,
        backend.get("/conversations/\(id)").status,
      ]
      #expect([201, 503].contains(statuses[0]))
      #expect(statuses.dropFirst() == [201, 200])
      try await cluster.restart()
      // Reading may be repeated, and is.
      #expect(try await backend.get("/conversations/\(id)").status == 200)
    }
    await cluster.stop()
  }

  @Test func aRestartWhileManyAreServedLosesNoAnsweredMessage() async throws {
    let cluster = try await TestCluster.start()
    try await TestBackend.run(on: cluster.makeDatabase().url) { backend in
      let id = try await backend.makeConversation()
      let answers = try await withThrowingTaskGroup(of: [Int].self) { group in
        for _ in 0..<8 {
          group.addTask {
            var statuses: [Int] = []
            for _ in 0..<40 {
              let body = #"{"role":"user","content":"Hello"}"#
              statuses.append(try await backend.post("/conversations/\(id)/messages", body).status)
            }
            return statuses
          }
        }
        try await cluster.restart()
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(Set(answers).isSubset(of: [201, 503]))
      let stored = try await backend.get("/conversations/\(id)/messages")["messages"]?.arrayValue?.count ?? 0
      #expect(stored >= answers.filter { $0 == 201 }.count)
      #expect(try await backend.get("/health").status == 200)
    }
    await cluster.stop()
  }

  @Test func aDatabaseThatWasNotMigratedIsSaidSo() async throws {
    try await TestBackend.run { backend in
      _ = try await backend.database.query("DROP TABLE conversation_memories, messages, conversations, users")
      let answer = try await backend.get("/users/1")
      try answer.expectProblem(503)
      #expect(try answer["detail"]?.stringValue?.contains("backend migrate") == true)
      #expect(!answer.body.contains("users\\\""))
      #expect(try await backend.get("/health").status == 200)
    }
  }
}
