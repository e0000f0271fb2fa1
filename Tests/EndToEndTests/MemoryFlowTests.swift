import JSON
import LocalLambda
import NIOCore
import TestSupport
import Testing

/// HTTP → Backend → PostgreSQL → SQS → Brain → model → Backend → memory, with all parts real but the model.
@Suite(.serialized) struct MemoryFlowTests {
  @Test func conversationsBecomeMemories() async throws {
    try await TestStack.run { stack in
      let backend = stack.backend
      let booking = try await backend.conversation(
        "Hi, this is Ana. A table for two on Friday, please.", "Done, Ana. Your reference is AB12CD.")
      let greeting = try await backend.conversation("Hallo", "Hallo! Wie kann ich helfen?", "Schon gut, danke.")

      let sent = try await backend.trigger()
      #expect(sent == (2, 1))

      let ids = try await backend.messages(of: booking).compactMap { $0["id"]?.int64Value }
      let memory = try await backend.memory(of: booking, covering: try #require(ids.last))
      let data = try #require(memory["memory_data"])
      #expect(data["provenance"]?["model"] == "stand-in")
      #expect(data["coverage"]?["through_message_id"]?.int64Value == ids.last)
      let facts = try #require(data["facts"]?.arrayValue)
      #expect(facts.contains { $0["text"]?.stringValue?.contains("Ana") == true }, "\(facts)")
      #expect(facts.contains { $0["text"]?.stringValue?.contains("AB12CD") == true }, "\(facts)")
      let evidence = facts.flatMap { $0["evidence"]?.arrayValue ?? [] }.compactMap(\.int64Value)
      #expect(!evidence.isEmpty && Set(evidence).isSubset(of: ids))

      // Nothing to remember is remembered too, and not asked again.
      let last = try #require(try await backend.messages(of: greeting).last?["id"]?.int64Value)
      let empty = try await backend.memory(of: greeting, covering: last)
      #expect(empty["memory_data"]?["facts"] == [])
      #expect(try await backend.trigger() == (0, 0))
    }
  }

  @Test func aMessageThatArrivesWhileTheModelRunsIsNotLost() async throws {
    try await TestStack.run { stack in
      let backend = stack.backend
      let conversation = try await backend.conversation("My name is Tom.", "Hello Tom!")
      let before = try #require(try await backend.messages(of: conversation).last?["id"]?.int64Value)
      stack.model.hold()
      try await backend.trigger()
      await stack.model.waitForRequests(1)
      let late = try await backend.say("My reference is ZX98QW.", in: conversation)
      stack.model.release()

      let first = try await backend.memory(of: conversation, covering: before)
      #expect(first["covered_message_id"]?.int64Value == before)
      #expect(try await backend.due() == 1)
      try await backend.trigger()
      let second = try await backend.memory(of: conversation, covering: late)
      let texts = (second["memory_data"]?["facts"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
      #expect(texts.contains { $0.contains("Tom") } && texts.contains { $0.contains("ZX98QW") }, "\(texts)")
    }
  }

  @Test func twoBrainsAtOnceAndTheSameMessageTwice() async throws {
    try await TestStack.run { stack in
      let backend = stack.backend
      let conversation = try await backend.conversation("My name is Eva.", "Hello Eva!")
      let last = try #require(try await backend.messages(of: conversation).last?["id"]?.int64Value)
      let batch: JSONValue = ["task_type": "GENERATE_MEMORY_BATCH", "conversation_ids": [.integer(conversation)]]

      // Both ask the model before either saves.
      stack.model.hold()
      async let first = stack.stack.invoke("brain", Self.event(batch))
      async let second = stack.stack.invoke("brain", Self.event(batch))
      await stack.model.waitForRequests(2)
      stack.model.release()
      let results = await [first, second]
      #expect(try results.map(Self.failures) == [[], []])
      let memory = try await backend.memory(of: conversation, covering: last)
      #expect(memory["memory_data"]?["facts"]?.arrayValue?.count == 1, "\(memory)")

      // The third delivery finds it covered: no further question to the model.
      let third = await stack.stack.invoke("brain", Self.event(batch))
      #expect(try Self.failures(third) == [])
      #expect(stack.model.requests.count == 2)
      #expect(try await backend.memory(of: conversation) == memory)
    }
  }

  @Test func aMemoryThatIsForgottenWhileTheModelRunsStaysForgotten() async throws {
    try await TestStack.run { stack in
      let backend = stack.backend
      let conversation = try await backend.conversation("My name is Mia.", "Hello Mia!")
      let batch: JSONValue = ["task_type": "GENERATE_MEMORY_BATCH", "conversation_ids": [.integer(conversation)]]
      let first = await stack.stack.invoke("brain", Self.event(batch))
      #expect(try Self.failures(first) == [])
      try await backend.say("I live in Rome.", in: conversation)

      stack.model.hold()
      async let invocation = stack.stack.invoke("brain", Self.event(batch))
      await stack.model.waitForRequests(2)
      #expect(try await backend.call("DELETE", "/conversations/\(conversation)/memory").status == 204)
      stack.model.release()
      let second = await invocation
      #expect(try Self.failures(second) == [])
      let forgotten = try await backend.memory(of: conversation)
      #expect(forgotten == nil)
      #expect(try await backend.due() == 1)
    }
  }

  @Test func oneConversationFailsAndTheOthersGoOn() async throws {
    try await TestStack.run { stack in
      let backend = stack.backend
      stack.model.fail(.refusal, times: 100, whenPromptContains: "POISON")
      let good = try await backend.conversation("My name is Kim.", "Hello!")
      let bad = try await backend.conversation("POISON", "Sorry?")
      let other = try await backend.conversation("My name is Lee.", "Hello!")
      #expect(try await backend.trigger() == (3, 1))
      for conversation in [good, other] {
        let last = try #require(try await backend.messages(of: conversation).last?["id"]?.int64Value)
        _ = try await backend.memory(of: conversation, covering: last)
      }
      let none = try await backend.memory(of: bad)
      #expect(none == nil)
      #expect(try await backend.due() == 1)
    }
  }

  @Test func moreIdsThanOneMessageHolds() async throws {
    try await TestStack.run(environment: ["SQS_MAX_MESSAGE_BYTES": "100"]) { stack in
      let backend = stack.backend
      var conversations: [Int64] = []
      for _ in 0..<40 { conversations.append(try await backend.conversation("My name is Max.")) }
      let sent = try await backend.trigger()
      #expect(sent.conversations == 40)
      #expect(sent.messages > 1)
      for conversation in conversations {
        _ = try await backend.memory(of: conversation, covering: 1)
      }
      #expect(try await backend.due() == 0)
    }
  }

  /// An SQS event with this one message.
  static func event(_ body: JSONValue) -> [UInt8] {
    let record: JSONValue = ["messageId": "m-1", "body": .string(body.serialized), "eventSource": "aws:sqs"]
    return JSONValue.object(["Records": [record]]).serializedBytes
  }

  /// The messages that the Brain wants to see again.
  static func failures(_ result: InvocationResult?) throws -> [JSONValue] {
    guard case .success(let payload, _)? = result?.outcome else {
      Issue.record("\(String(describing: result))")
      return []
    }
    let answer = try JSONValue(parsing: Array(payload.readableBytesView))
    return try #require(answer["batchItemFailures"]?.arrayValue)
  }
}
