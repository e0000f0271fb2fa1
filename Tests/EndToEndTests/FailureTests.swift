import JSON
import LocalLambda
import TestSupport
import Testing

/// The same way with parts that fail: what is due stays due, and is done when they are well again.
@Suite(.serialized) struct FailureTests {
  @Test(arguments: [
    LanguageModelFault.status(429, retryAfter: "0"), .status(500), .body("<html>bad gateway</html>"), .disconnect,
    .content("That is no JSON."), .truncated,
  ])
  func theModelHasABadMoment(fault: LanguageModelFault) async throws {
    try await TestStack.run { stack in
      let backend = stack.backend
      let conversation = try await backend.conversation("My name is Ida.", "Hello Ida!", "My code is QA77WS.", "Noted.")
      let last = try #require(try await backend.messages(of: conversation).last?["id"]?.int64Value)
      stack.model.fail(fault)
      try await backend.trigger()
      let memory = try await backend.memory(of: conversation, covering: last)
      let texts = (memory["memory_data"]?["facts"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
      #expect(texts.contains { $0.contains("Ida") }, "\(texts)")
      #expect(stack.model.requests.count > 1)
    }
  }

  @Test func theModelIsDownAndComesBack() async throws {
    try await TestStack.run(environment: ["LLM_MAX_RETRIES": "0"], redelivery: 15) { stack in
      let backend = stack.backend
      let conversation = try await backend.conversation("My name is Uwe.", "Hello!")
      let last = try #require(try await backend.messages(of: conversation).last?["id"]?.int64Value)
      stack.model.fail(.status(503), times: 1)
      // The queue delivers the message again: nobody has to trigger twice.
      try await backend.trigger()
      _ = try await backend.memory(of: conversation, covering: last)
    }
  }

  @Test func theBackendIsDown() async throws {
    // A port that nothing listens on.
    try await TestStack.run(environment: ["BACKEND_URL": "http://127.0.0.1:9"]) { stack in
      let batch: JSONValue = ["task_type": "GENERATE_MEMORY_BATCH", "conversation_ids": [1]]
      let failures = try MemoryFlowTests.failures(await stack.stack.invoke("brain", MemoryFlowTests.event(batch)))
      #expect(failures == [["itemIdentifier": "m-1"]])
      #expect(stack.model.requests.isEmpty)
    }
  }

  @Test func whatIsGoneIsDropped() async throws {
    try await TestStack.run { stack in
      let tasks: [JSONValue] = [
        ["task_type": "GENERATE_MEMORY_BATCH", "conversation_ids": [999]], ["conversation_id": 999, "message_id": 1],
      ]
      for task in tasks {
        let failures = try MemoryFlowTests.failures(await stack.stack.invoke("brain", MemoryFlowTests.event(task)))
        #expect(failures == [], "\(task)")
      }
    }
  }

  @Test func theDatabaseIsRestartedInTheMiddle() async throws {
    let cluster = try await TestCluster.start()
    do {
      try await TestStack.run(database: cluster.url) { stack in
        let backend = stack.backend
        let conversation = try await backend.conversation("My name is Oda.", "Hello!")
        let last = try #require(try await backend.messages(of: conversation).last?["id"]?.int64Value)
        stack.model.hold()
        try await backend.trigger()
        await stack.model.waitForRequests(1)
        try await cluster.restart()
        stack.model.release()
        _ = try await eventually("the memory, at the latest after another trigger") {
          if let memory = try await backend.memory(of: conversation) { return memory }
          _ = try await backend.call("POST", "/tasks/trigger-memory-generation")
          return nil
        }
        _ = try await backend.memory(of: conversation, covering: last)
        #expect(try await backend.due() == 0)
      }
    } catch {
      await cluster.stop()
      throw error
    }
    await cluster.stop()
  }

  @Test func aRecordThatIsNotUnderstoodComesBack() async throws {
    try await TestStack.run { stack in
      let failures = try MemoryFlowTests.failures(
        await stack.stack.invoke("brain", MemoryFlowTests.event(["task_type": "MAKE_COFFEE"])))
      #expect(failures == [["itemIdentifier": "m-1"]])
    }
  }
}
