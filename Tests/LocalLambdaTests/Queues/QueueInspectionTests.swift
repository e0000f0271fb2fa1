import JSON
import Testing

@testable import LocalLambda

@Suite struct QueueInspectionTests {
  private func messages(_ fixture: QueueServerFixture, _ queue: String) async throws -> [JSONValue] {
    try await fixture.send("GET", "/_lambda-local/queues/\(queue)/messages").json?["messages"]?.arrayValue ?? []
  }

  @Test func aMessageOfALockedGroupSaysWhatItWaitsFor() async throws {
    try await QueueServerFixture.run { fixture in
      let url = try await fixture.create("q.fifo", ["FifoQueue": "true"])
      var ids: [String: JSONValue] = [:]
      for (body, group) in [("a1", "a"), ("a2", "a"), ("b1", "b")] {
        let sent = try await fixture.json(
          "SendMessage",
          [
            "QueueUrl": url, "MessageBody": .string(body), "MessageGroupId": .string(group),
            "MessageDeduplicationId": .string(body),
          ])
        ids[body] = sent.json?["MessageId"]
      }
      #expect(try await messages(fixture, "q.fifo").map { $0["state"] } == ["available", "available", "available"])
      let taken = try await fixture.receive(url, ["MaxNumberOfMessages": 1])
      #expect(taken.map { $0["Body"] } == ["a1"])
      let seen = try await messages(fixture, "q.fifo")
      #expect(seen.map { $0["state"] } == ["in_flight", "locked", "available"])
      #expect(seen.map { $0["locked_by"] } == [nil, ids["a1"], nil])
    }
  }

  @Test func aMessageSaysWhichInvocationHadItAndWhatComesNext() async throws {
    try await QueueServerFixture.run { fixture in
      _ = try await fixture.create("dead")
      let policy = #"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:dead","maxReceiveCount":2}"#
      let url = try await fixture.create("q", ["VisibilityTimeout": "600", "RedrivePolicy": .string(policy)])
      _ = try await fixture.json("SendMessage", ["QueueUrl": url, "MessageBody": "poison"])
      let gate = Gate()
      let service = fixture.service
      let function = ScriptedFunction { event, number in
        if number == 1 { await gate.wait() }
        await service.show(event.records, of: "q")
        return .error
      }
      let mapping = EventSourceMapping(
        EventSourceMappingConfiguration(), filters: try FilterCriteria(patterns: []),
        queue: LocalQueue("q", of: fixture.service), visibilityTimeout: .seconds(600),
        eventLoop: fixture.service.eventLoop, invoke: function.invoke)
      await mapping.start()
      #expect(await eventually { function.events.count == 1 })
      let inFlight = try #require(try await messages(fixture, "q").first)
      #expect(inFlight["invocation"]?.stringValue == function.requestIDs.first)
      #expect(inFlight["is_last_receive"] == false)
      gate.open()
      #expect(await eventually { function.events.count == 2 })
      #expect(try await eventually { try await messages(fixture, "dead").count == 1 })
      let dead = try #require(try await messages(fixture, "dead").first)
      #expect(dead["invocation"]?.stringValue == function.requestIDs.last, "a dead letter still says who failed on it")
      #expect(dead["dead_letter_source"] == "q")
      await mapping.stop()
    }
  }

  @Test func whoHadWhatIsForgottenInTheEnd() {
    var notes = InvocationNotes()
    for number in 0..<10_001 { notes.set("r\(number)", of: "m\(number)") }
    #expect(notes["m0"] == nil)
    #expect(notes["m1"] == "r1")
    notes.set("later", of: "m1")
    #expect(notes["m1"] == "later")
    notes.set(nil, of: "m1")
    #expect(notes["m1"] == nil)
  }
}
