import JSON
import TestSupport
import Testing

@testable import LocalLambda

/// A queue of another server, spoken to as one at AWS.
@Suite(.timeLimit(.minutes(2))) struct RemoteQueueTests {
  private static let arn = "arn:aws:sqs:eu-west-1:000000000000:q"

  private func remote(_ url: String, _ environment: [String: String] = [:]) throws -> RemoteSQS {
    try RemoteSQS(url: url, region: "eu-west-1", environment: environment)
  }

  @Test func drivesAFunctionAsALocalQueueDoes() async throws {
    try await QueueServerFixture.run { fixture in
      let url = try await fixture.create("q", ["VisibilityTimeout": "600"])
      for body in ["good 1", "bad", "good 2"] {
        let attributes: JSONValue = ["k": ["DataType": "Binary", "BinaryValue": "AQID"]]
        _ = try await fixture.json(
          "SendMessage", ["QueueUrl": url, "MessageBody": .string(body), "MessageAttributes": attributes])
      }
      let queue = try await remote(fixture.server.url).queue(arn: Self.arn)
      #expect(.string(queue.url) == url)
      #expect(try await queue.visibilityTimeout() == .seconds(600))
      let service = fixture.service
      let function = ScriptedFunction { event, number in
        let bad = event.records.filter { $0["body"] == "bad" }
        if number == 1 { await service.show(bad, of: "q") }
        let items = bad.map { JSONValue.object(["itemIdentifier": $0["messageId"] ?? .null]) }
        return .json(JSONValue.object(["batchItemFailures": .array(number == 1 ? items : [])]).serialized)
      }
      var configuration = EventSourceMappingConfiguration()
      configuration.reportBatchItemFailures = true
      let mapping = EventSourceMapping(
        configuration, filters: try FilterCriteria(patterns: []), queue: queue, visibilityTimeout: .seconds(600),
        eventLoop: fixture.service.eventLoop, invoke: function.invoke)
      await mapping.start()
      #expect(try await eventually { try await fixture.service.counts(of: "q") == Queue.Counts() })
      await mapping.stop()
      #expect(function.bodies == [["good 1", "bad", "good 2"], ["bad"]])
      let record = try #require(function.events.last?.records.first)
      #expect(record["attributes"]?["ApproximateReceiveCount"] == "2")
      #expect(record["messageAttributes"]?["k"]?["binaryValue"] == "AQID")
      #expect(record["md5OfMessageAttributes"]?.stringValue?.count == 32)
      #expect(record["eventSourceARN"]?.stringValue == Self.arn)
    }
  }

  @Test func whatDoesNotFitIsGivenBackAndManyAreDeletedTenAtATime() async throws {
    try await QueueServerFixture.run { fixture in
      let url = try await fixture.create("q", ["VisibilityTimeout": "600"])
      for number in 1...25 {
        _ = try await fixture.json("SendMessage", ["QueueUrl": url, "MessageBody": .string("\(number)")])
      }
      let queue = try await remote(fixture.server.url).queue(arn: Self.arn)
      var handles: [String] = []
      while handles.count < 25 {
        let messages = try await queue.receive(limit: 10, wait: .milliseconds(100))
        handles += messages.map(\.receiptHandle)
      }
      await queue.giveBack(Array(handles.prefix(12)))
      #expect(try await fixture.service.counts(of: "q").available == 12)
      #expect(try await queue.delete(Array(handles.dropFirst(12))) == 0)
      #expect(try await fixture.service.counts(of: "q") == Queue.Counts(available: 12, delayed: 0, inFlight: 0))
    }
  }

  @Test func requestsAreSignedAndErrorsKeepTheirCode() async throws {
    try await ScriptedHTTPServer.run { request, connection in
      try await connection.reply(
        400, headers: [("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender")],
        body: #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"No such queue."}"#)
    } body: { server in
      let sqs = try remote(
        server.url + "/sqs",
        ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token"])
      let error = await #expect(throws: EventSourceQueueError.self) { try await sqs.queue(arn: Self.arn) }
      #expect(
        error?.description
          == "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
          + "SQS Error Message: No such queue.")
      let request = try #require(server.requests.first)
      #expect(request.target == "/sqs")
      #expect(request["x-amz-security-token"] == "token")
      let authorization = try #require(request["authorization"])
      #expect(authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKID/"))
      #expect(authorization.contains("/eu-west-1/sqs/aws4_request, SignedHeaders=content-type;host;x-amz-date;"))
    }
  }

  @Test func aQueueThatIsNotThereYetIsAskedAgain() async throws {
    try await QueueServerFixture.run { fixture in
      // The queue is made only once its mapping has been refused.
      let queue = RemoteQueue(
        url: fixture.server.url(ofQueue: "late"), arn: Self.arn, sqs: try remote(fixture.server.url))
      let function = ScriptedFunction(answering: "")
      let mapping = EventSourceMapping(
        EventSourceMappingConfiguration(), filters: try FilterCriteria(patterns: []), queue: queue,
        visibilityTimeout: .seconds(30), eventLoop: fixture.service.eventLoop, invoke: function.invoke)
      await mapping.start()
      #expect(await eventually { await mapping.lastResult?.contains("NonExistentQueue") == true })
      let url = try await fixture.create("late")
      _ = try await fixture.json("SendMessage", ["QueueUrl": url, "MessageBody": "hello"])
      #expect(await eventually { function.bodies == [["hello"]] })
      await mapping.stop()
      await mapping.drained()
    }
  }

  @Test func amazonsQueuesWantCredentials() {
    let error = #expect(throws: EventSourceMappingError.self) {
      try RemoteSQS(url: nil, region: "eu-west-1", environment: [:])
    }
    #expect(error?.message.contains("AWS_ACCESS_KEY_ID") == true)
    let amazons = #expect(throws: EventSourceMappingError.self) {
      try remote("https://sqs.eu-west-1.amazonaws.com")
    }
    #expect(amazons?.message.contains("AWS_ACCESS_KEY_ID") == true)
  }
}
