import JSON
import LocalLambda
import TestSupport
import Testing

/// A user's message arrives by webhook, and the Brain answers it.
@Suite(.serialized) struct ReplyFlowTests {
  private static let message: JSONValue = [
    "from": "+15551234567", "text": "Hello, are you open on Sunday?", "message_id": "wamid.1",
  ]

  @Test func aMessageIsAnsweredOnceHoweverOftenItArrives() async throws {
    try await TestStack.run { stack in
      let backend = stack.backend
      let first = try await backend.call("POST", "/webhooks/messages", Self.message)
      #expect(first.status == 202)
      let conversation = try #require(first.body["conversation_id"]?.int64Value)
      let id = try #require(first.body["message_id"]?.int64Value)
      _ = try await eventually("the reply") {
        try await backend.messages(of: conversation).count == 2 ? true : nil
      }

      // The provider repeats itself, and so does the queue.
      let again = try await backend.call("POST", "/webhooks/messages", Self.message)
      #expect(again.body["message_id"]?.int64Value == id)
      let task: JSONValue = ["conversation_id": .integer(conversation), "message_id": .integer(id)]
      let repeated = await stack.stack.invoke("brain", MemoryFlowTests.event(task))
      #expect(try MemoryFlowTests.failures(repeated) == [])
      let messages = try await backend.messages(of: conversation)
      #expect(messages.map { $0["role"]?.stringValue } == ["user", "assistant"])
      #expect(messages.last?["reply_to_message_id"]?.int64Value == id)
      #expect(stack.model.requests.count == 1)
    }
  }

  @Test func twoBrainsAnswerOnce() async throws {
    try await TestStack.run { stack in
      let backend = stack.backend
      stack.model.hold()
      let accepted = try await backend.call("POST", "/webhooks/messages", Self.message)
      let conversation = try #require(accepted.body["conversation_id"]?.int64Value)
      let id = try #require(accepted.body["message_id"]?.int64Value)
      let task: JSONValue = ["conversation_id": .integer(conversation), "message_id": .integer(id)]
      async let second = stack.stack.invoke("brain", MemoryFlowTests.event(task))
      await stack.model.waitForRequests(2)
      stack.model.release()
      let other = await second
      #expect(try MemoryFlowTests.failures(other) == [])
      _ = try await eventually("the reply") {
        try await backend.messages(of: conversation).count >= 2 ? true : nil
      }
      #expect(try await backend.messages(of: conversation).count == 2)
    }
  }
}
