import ConversationAPI
import JSON
import Testing

@Suite struct TaskMessageTests {
  @Test func bodiesReadBack() throws {
    let batch = TaskMessage.generateMemoryBatch(conversationIDs: [1, 2, .max])
    #expect(
      batch.body == #"{"task_type":"GENERATE_MEMORY_BATCH","conversation_ids":[1,2,9223372036854775807]}"#)
    #expect(try TaskMessage(parsing: batch.body) == batch)
    let reply = TaskMessage.reply(conversationID: 1, messageID: 7)
    #expect(reply.body == #"{"conversation_id":1,"message_id":7}"#)
    #expect(try TaskMessage(parsing: reply.body) == reply)
  }

  @Test func unknownFieldsAreIgnored() throws {
    #expect(
      try TaskMessage(parsing: #"{"x":{},"message_id":7,"conversation_id":1,"conversation_ids":"?"}"#)
        == .reply(conversationID: 1, messageID: 7))
  }

  @Test(arguments: [
    ("", "JSON"), ("[]", "object"), ("{}", "conversation_id is missing"),
    (#"{"conversation_id":1}"#, "message_id is missing"),
    (#"{"conversation_id":0,"message_id":7}"#, "conversation_id is not a positive"),
    (#"{"conversation_id":1,"message_id":"7"}"#, "message_id is not a positive"),
    (#"{"conversation_id":1.0,"message_id":7}"#, "conversation_id is not a positive"),
    (#"{"task_type":"OTHER","conversation_ids":[1]}"#, "task_type \"OTHER\" is not known"),
    (#"{"task_type":null,"conversation_id":1,"message_id":7}"#, "task_type null is not known"),
    (#"{"task_type":"GENERATE_MEMORY_BATCH"}"#, "conversation_ids is not an array"),
    (#"{"task_type":"GENERATE_MEMORY_BATCH","conversation_ids":[1,-2]}"#, "conversation_ids[1] is not a positive"),
    (#"{"task_type":"GENERATE_MEMORY_BATCH","conversation_ids":[9223372036854775808]}"#, "conversation_ids[0]"),
  ])
  func whatIsNotUnderstoodIsNamed(body: String, reason: String) throws {
    let error = try #require(throws: TaskMessageError.self) { try TaskMessage(parsing: body) }
    #expect(error.reason.contains(reason))
  }

  @Test(arguments: [60, 100, 1000, 262_144])
  func batchesHoldEveryIdOnceWithinTheLimit(limit: Int) {
    let ids = (1...5000).map { Int64($0) * 7919 }
    let batches = TaskMessage.batches(of: ids, maximumBytes: limit)
    #expect(batches.allSatisfy { $0.body.utf8.count <= limit || limit < 65 })
    let all = batches.flatMap { batch in
      if case .generateMemoryBatch(let ids) = batch { ids } else { [Int64]() }
    }
    #expect(all == ids)
    if limit == 262_144 { #expect(batches.count == 1) }
    // As few as fit: the first id of a message would not have fitted into the one before.
    for (earlier, later) in zip(batches, batches.dropFirst()) where limit >= 65 {
      guard case .generateMemoryBatch(let next) = later, let first = next.first else { continue }
      #expect(earlier.body.utf8.count + 1 + String(first).utf8.count > limit)
    }
  }

  @Test func exactlyFullMessageIsNotSplit() {
    let whole = TaskMessage.generateMemoryBatch(conversationIDs: [10, 11, 12])
    #expect(TaskMessage.batches(of: [10, 11, 12], maximumBytes: whole.body.utf8.count) == [whole])
    #expect(TaskMessage.batches(of: [10, 11, 12], maximumBytes: whole.body.utf8.count - 1).count == 2)
    #expect(TaskMessage.batches(of: [], maximumBytes: 100).isEmpty)
  }
}

@Suite struct ConversationAPIWireTests {
  private func text(_ value: some Encodable) throws -> String {
    String(decoding: try JSONCoding.encode(value), as: UTF8.self)
  }

  @Test func lastPageWritesNull() throws {
    let message = Message(id: 1, role: .user, content: "hi", createdAt: "2026-03-02T09:00:00Z")
    let page = MessagePage(messages: [message], lastMessageID: 1, coveredMessageID: 0, nextAfterID: nil)
    #expect(
      try text(page)
        == #"{"messages":[{"id":1,"role":"user","content":"hi","created_at":"2026-03-02T09:00:00Z"}],"#
        + #""last_message_id":1,"covered_message_id":0,"next_after_id":null}"#)
    #expect(try JSONCoding.decode(MessagePage.self, from: JSONCoding.encode(page)) == page)
    #expect(try text(MemoryPage(memories: [], nextCursor: nil)) == #"{"memories":[],"next_cursor":null}"#)
  }

  @Test func replyNamesItsMessageOnlyWhenSet() throws {
    #expect(
      try text(NewMessage(role: .assistant, content: "x", replyToMessageID: 7))
        == #"{"role":"assistant","content":"x","reply_to_message_id":7}"#)
    #expect(try text(NewMessage(role: .user, content: "x")) == #"{"role":"user","content":"x"}"#)
  }

  @Test func memoryKeepsNumbersAsSent() throws {
    let body =
      #"{"conversation_id":1,"memory_data":{"n":12345678901234567890,"e":1e21,"d":0.10},"covered_message_id":4}"#
    let memory = try JSONCoding.decode(NewMemory.self, from: Array(body.utf8))
    #expect(memory.coveredMessageID == 4)
    #expect(try text(memory) == body)
  }

  @Test func problemDetails() throws {
    let problem = ProblemDetails(
      title: "Unprocessable Content", status: 422, errors: [.init(pointer: "/role", detail: "is not a role")])
    #expect(try JSONCoding.decode(ProblemDetails.self, from: JSONCoding.encode(problem)) == problem)
  }
}
