import JSON
import Testing

@testable import LocalLambda

/// The trace of a request goes on with its messages.
@Suite struct QueueTraceTests {
  private static let trace = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"
  private static let other = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
  private static let given: JSONValue = ["AWSTraceHeader": ["DataType": "String", "StringValue": .string(other)]]

  private func send(
    _ action: String, _ input: JSONValue, trace: String = Self.trace, to sqs: QueueServerFixture
  ) async throws -> QueueServerFixture.Answer {
    try await sqs.send(
      "POST", "/",
      [
        ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonSQS.\(action)"),
        ("X-Amzn-Trace-Id", trace),
      ], input.serializedBytes)
  }

  private func traces(_ sqs: QueueServerFixture, _ url: JSONValue) async throws -> [JSONValue?] {
    try await sqs.receive(url, ["MessageSystemAttributeNames": ["AWSTraceHeader"]])
      .map { $0["Attributes"]?["AWSTraceHeader"] }
  }

  @Test func theRequestsHeaderIsTheMessagesUnlessOneIsGiven() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q")
      let sent = try await send("SendMessage", ["QueueUrl": url, "MessageBody": "x"], to: sqs)
      #expect(sent.json?["MD5OfMessageSystemAttributes"] == nil, "the sender set no attribute")
      let second = try await send(
        "SendMessage", ["QueueUrl": url, "MessageBody": "x", "MessageSystemAttributes": Self.given], to: sqs)
      #expect(second.json?["MD5OfMessageSystemAttributes"] == "5ae4d5d7636402d80f4eb6d213245a88")
      _ = try await send("SendMessage", ["QueueUrl": url, "MessageBody": "x"], trace: "", to: sqs)
      #expect(try await traces(sqs, url) == [.string(Self.trace), .string(Self.other), nil])
    }
  }

  @Test func everyEntryOfABatchHasIt() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q")
      let entries: JSONValue = [
        ["Id": "1", "MessageBody": "x"], ["Id": "2", "MessageBody": "x", "MessageSystemAttributes": Self.given],
      ]
      _ = try await send("SendMessageBatch", ["QueueUrl": url, "Entries": entries], to: sqs)
      #expect(try await traces(sqs, url) == [.string(Self.trace), .string(Self.other)])
    }
  }

  @Test func theQueryProtocolHasItToo() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q")
      let sent = try await sqs.send(
        "POST", "/000000000000/q",
        [("Content-Type", "application/x-www-form-urlencoded"), ("X-Amzn-Trace-Id", Self.trace)],
        Array("Action=SendMessage&MessageBody=x".utf8))
      #expect(sent.status == 200)
      #expect(try await traces(sqs, url) == [.string(Self.trace)])
    }
  }

  @Test func theFunctionIsToldOfIt() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q")
      let function = ScriptedFunction(answering: "null")
      let mapping = EventSourceMapping(
        EventSourceMappingConfiguration(), filters: try FilterCriteria(patterns: []),
        queue: LocalQueue("q", of: sqs.service), visibilityTimeout: .seconds(30), eventLoop: sqs.service.eventLoop,
        invoke: function.invoke)
      await mapping.start()
      _ = try await send("SendMessage", ["QueueUrl": url, "MessageBody": "x"], to: sqs)
      #expect(await eventually { function.events.count == 1 })
      let record = try #require(function.events.first?.records.first)
      #expect(record["attributes"]?["AWSTraceHeader"] == .string(Self.trace))
      await mapping.stop()
    }
  }
}
