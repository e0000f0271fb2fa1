import JSON
import Synchronization
import Testing

@testable import LocalLambda

@Suite struct EventSourceMappingTests {
  @Test func theRecordIsTheRecordedOne() async throws {
    try await QueueService.run(Self.queue()) { service in
      let sent = try await service.send(
        "text as \"sent\"\n", to: "q",
        [
          "MessageAttributes": [
            "Title": ["DataType": "String", "StringValue": "The Whistler"],
            "Raw": ["DataType": "Binary", "BinaryValue": "AQID"],
          ]
        ])
      let function = ScriptedFunction(answering: "null")
      try await Self.run(Self.configuration(), service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      let record = try #require(function.events.first?.records.first)
      let attributes = try #require(record["attributes"]?.objectValue)
      #expect(
        attributes.members.map(\.name) == [
          "ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp",
        ])
      #expect(attributes["ApproximateReceiveCount"] == "1")
      #expect(attributes["SentTimestamp"]?.stringValue?.count == 13)
      var rest = try #require(record.objectValue)
      #expect((rest["receiptHandle"]?.stringValue ?? "").isEmpty == false)
      rest["receiptHandle"] = nil
      rest["attributes"] = nil
      #expect(
        JSONValue.object(rest) == [
          "messageId": .string(sent.id.description),
          "body": "text as \"sent\"\n",
          "messageAttributes": [
            "Raw": ["binaryValue": "AQID", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"],
            "Title": [
              "stringValue": "The Whistler", "stringListValues": [], "binaryListValues": [], "dataType": "String",
            ],
          ],
          "md5OfMessageAttributes": .string(sent.attributesDigest?.description ?? ""),
          "md5OfBody": .string(sent.bodyDigest.description),
          "eventSource": "aws:sqs",
          "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:q",
          "awsRegion": "eu-west-1",
        ])
    }
  }

  /// Recorded: with a batching window the digest is there, and null.
  @Test(arguments: [(0, nil), (1, JSONValue.null)])
  func aPlainMessageHasNoDigestOfAttributes(window: Int, digest: JSONValue?) async throws {
    try await QueueService.run(Self.queue()) { service in
      try await service.send("plain", to: "q")
      let function = ScriptedFunction(answering: "null")
      try await Self.run(Self.configuration { $0.maximumBatchingWindow = window }, service, function) { _ in
        #expect(await eventually { !function.events.isEmpty })
      }
      let record = try #require(function.events.first?.records.first)
      #expect(record["messageAttributes"] == [:])
      #expect(record["md5OfMessageAttributes"] == digest)
    }
  }

  @Test func whatFailsComesBackAtTheVisibilityTimeout() async throws {
    try await QueueService.run(Self.queue()) { service in
      try await service.send("a", to: "q")
      let function = ScriptedFunction { _, number in number == 1 ? .error : .json("{}") }
      try await Self.run(Self.configuration(), service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      let attributes = function.events.map { $0.records.first?["attributes"] }
      #expect(attributes.prefix(2).map { $0?["ApproximateReceiveCount"] } == ["1", "2"])
      let first = try #require(attributes.first??["ApproximateFirstReceiveTimestamp"]?.stringValue)
      #expect(attributes.last??["ApproximateFirstReceiveTimestamp"]?.stringValue == first)
    }
  }

  @Test func aThrottledInvocationIsTriedAgainAndIsNoFailureOfItsMessages() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      try await service.send("a", to: "q")
      let function = ScriptedFunction { _, number in number <= 2 ? .throttled : .json("{}") }
      try await Self.run(Self.configuration(), service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      let counts = function.events.map { $0.records.first?["attributes"]?["ApproximateReceiveCount"] }
      #expect(counts == ["1", "1", "1"])
      #expect(Set(function.requestIDs).count == 1, "it is the same invocation")
    }
  }

  @Test func whatIsThrottledForTooLongComesBack() async throws {
    try await QueueService.run(Self.queue()) { service in
      try await service.send("a", to: "q")
      let function = ScriptedFunction { event, _ in
        event.records.first?["attributes"]?["ApproximateReceiveCount"] == "1" ? .throttled : .json("{}")
      }
      try await Self.run(Self.configuration(), service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      let counts = function.events.map { $0.records.first?["attributes"]?["ApproximateReceiveCount"] }
      #expect(counts.first == "1" && counts.contains("2"))
    }
  }

  @Test func whatAFilterDoesNotLetThroughIsDeleted() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      for body in [#"{"kind":"a","n":1}"#, #"{"kind":"b","n":2}"#, "kind a", #"{"kind":"a","n":3}"#] {
        try await service.send(body, to: "q")
      }
      let function = ScriptedFunction(answering: "")
      let configuration = Self.configuration { $0.filterPatterns = [#"{"body":{"kind":["a"]}}"#] }
      try await Self.run(configuration, service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      #expect(function.bodies.joined().elementsEqual([#"{"kind":"a","n":1}"#, #"{"kind":"a","n":3}"#]))
    }
  }

  @Test func withoutReportBatchItemFailuresTheAnswerIsIgnored() async throws {
    try await QueueService.run(Self.queue()) { service in
      let sent = try await service.send("a", to: "q")
      let function = ScriptedFunction(answering: #"{"batchItemFailures":[{"itemIdentifier":"\#(sent.id)"}]}"#)
      try await Self.run(Self.configuration(), service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      #expect(function.events.count == 1)
    }
  }

  @Test func onlyReportedMessagesComeBack() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      for body in ["good 1", "bad", "good 2"] { try await service.send(body, to: "q") }
      let function = ScriptedFunction { event, number in
        let bad = event.records.filter { $0["body"] == "bad" }
        if number == 1 { await service.show(bad, of: "q") }
        let items = bad.map { JSONValue.object(["itemIdentifier": $0["messageId"] ?? .null]) }
        let answer: JSONValue = ["batchItemFailures": .array(number == 1 ? items : [])]
        return .json(answer.serialized)
      }
      try await Self.run(Self.configuration { $0.reportBatchItemFailures = true }, service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      #expect(function.bodies == [["good 1", "bad", "good 2"], ["bad"]])
    }
  }

  @Test func aMalformedReportBringsAllBack() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      for body in ["1", "2"] { try await service.send(body, to: "q") }
      let function = ScriptedFunction { event, number in
        guard number == 1 else { return .json("{}") }
        await service.show(event.records, of: "q")
        return .json(#"{"batchItemFailures":[{"foo":"x"}]}"#)
      }
      try await Self.run(Self.configuration { $0.reportBatchItemFailures = true }, service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      #expect(function.bodies.first == ["1", "2"])
      #expect(function.bodies.dropFirst().joined().sorted() == ["1", "2"])
    }
  }

  @Test func whatFailsTooOftenIsADeadLetter() async throws {
    let policy = #"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:dead","maxReceiveCount":2}"#
    try await QueueService.run(Self.queue(["RedrivePolicy": policy]), QueueConfiguration(name: "dead")) { service in
      try await service.send("poison", to: "q")
      let function = ScriptedFunction { _, _ in .error }
      try await Self.run(Self.configuration(), service, function) { _ in
        let isDead = try await eventually { try await service.bodies(of: "dead") == ["poison"] }
        #expect(isDead)
      }
      #expect(function.events.count == 2)
      #expect(try await service.counts(of: "q") == Queue.Counts())
    }
  }

  @Test func aBatchGrowsBeyondOneReceiveWithinItsWindow() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      for number in 0..<60 { try await service.send("\(number)", to: "q") }
      let function = ScriptedFunction(answering: "")
      let configuration = Self.configuration {
        $0.batchSize = 25
        $0.maximumBatchingWindow = 1
      }
      try await Self.run(configuration, service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      // The last batch is sent off by its window, not full.
      #expect(function.bodies.map(\.count).sorted() == [10, 25, 25])
      #expect(Set(function.bodies.joined()).count == 60)
    }
  }

  @Test func aBatchStaysUnderThePayloadLimit() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      let body = String(repeating: "x", count: 1_000_000)
      for _ in 0..<14 { try await service.send(body, to: "q") }
      let function = ScriptedFunction(answering: "")
      let configuration = Self.configuration {
        $0.batchSize = 100
        $0.maximumBatchingWindow = 1
      }
      try await Self.run(configuration, service, function) { _ in
        try await Self.expectEmpty("q", service)
      }
      #expect(function.bodies.allSatisfy { $0.count <= 6 })
      #expect(function.bodies.map(\.count).max() == 6)
      #expect(function.bodies.joined().count == 14)
      let counts = function.events.flatMap(\.records).map { $0["attributes"]?["ApproximateReceiveCount"] }
      #expect(counts.allSatisfy { $0 == "1" }, "what does not fit into a batch counts as not received")
    }
  }

  @Test func noMoreInvocationsAtOnceThanAllowed() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      for number in 0..<12 { try await service.send("\(number)", to: "q") }
      let gate = Gate()
      let function = ScriptedFunction { _, _ in
        await gate.wait()
        return .json("{}")
      }
      let configuration = Self.configuration {
        $0.batchSize = 1
        $0.maximumConcurrency = 3
      }
      try await Self.run(configuration, service, function) { _ in
        #expect(await eventually { function.events.count == 3 })
        let counts = try await service.counts(of: "q")
        #expect(counts == Queue.Counts(available: 9, delayed: 0, inFlight: 3))
        gate.open()
        try await Self.expectEmpty("q", service)
      }
      #expect(function.mostAtOnce == 3)
      #expect(function.events.count == 12)
    }
  }

  @Test func aFIFOGroupHasOneInvocationAtATimeAndItsOrder() async throws {
    let queue = QueueConfiguration(name: "q.fifo", attributes: ["FifoQueue": "true", "VisibilityTimeout": "60"])
    try await QueueService.run(queue) { service in
      for number in 1...12 {
        let ids: JSONObject = [
          "MessageGroupId": .string("g\(number % 3)"), "MessageDeduplicationId": .string("\(number)"),
        ]
        try await service.send("\(number)", to: "q.fifo", ids)
      }
      let running = Mutex<[String: Int]>([:])
      let overlap = Mutex(false)
      let done = Mutex<[Int]>([])
      // Each invocation does one message and returns the rest at once; the first ones fail.
      let function = ScriptedFunction { event, number in
        let groups = Set(event.records.compactMap { $0["attributes"]?["MessageGroupId"]?.stringValue })
        running.withLock { running in
          for group in groups {
            running[group, default: 0] += 1
            if running[group, default: 0] > 1 { overlap.withLock { $0 = true } }
          }
        }
        defer { running.withLock { running in for group in groups { running[group, default: 0] -= 1 } } }
        await Task.yield()
        let undone = number <= 2 ? event.records : Array(event.records.dropFirst())
        await service.show(undone, of: "q.fifo")
        if number <= 2 { return .error }
        let first = event.records.first?["body"]?.stringValue.flatMap { Int($0) } ?? 0
        done.withLock { $0.append(first) }
        let rest = undone.map { JSONValue.object(["itemIdentifier": $0["messageId"] ?? .null]) }
        return .json(JSONValue.object(["batchItemFailures": .array(rest)]).serialized)
      }
      let configuration = Self.configuration {
        $0.batchSize = 2
        $0.reportBatchItemFailures = true
      }
      try await Self.run(configuration, service, function, queue: "q.fifo") { _ in
        try await Self.expectEmpty("q.fifo", service)
      }
      #expect(overlap.withLock(\.self) == false)
      for group in 0...2 {
        let order = done.withLock(\.self).filter { $0 % 3 == group }
        #expect(order == (1...12).filter { $0 % 3 == group })
      }
    }
  }

  @Test func aFIFOGroupWaitsForItsFailuresWhileOthersGoOn() async throws {
    let queue = QueueConfiguration(name: "q.fifo", attributes: ["FifoQueue": "true", "VisibilityTimeout": "600"])
    try await QueueService.run(queue) { service in
      func send(_ body: String, _ group: String) async throws {
        let ids: JSONObject = ["MessageGroupId": .string(group), "MessageDeduplicationId": .string(body)]
        try await service.send(body, to: "q.fifo", ids)
      }
      for body in ["a1", "a2", "a3"] { try await send(body, "a") }
      // The first invocation of group a does its first message, and fails from the second one on.
      let function = ScriptedFunction { event, number in
        let undone = number == 1 ? event.records.dropFirst() : []
        let items = undone.map { JSONValue.object(["itemIdentifier": $0["messageId"] ?? .null]) }
        return .json(JSONValue.object(["batchItemFailures": .array(items)]).serialized)
      }
      let configuration = Self.configuration { $0.reportBatchItemFailures = true }
      try await Self.run(configuration, service, function, queue: "q.fifo") { _ in
        #expect(await eventually { function.events.count == 1 })
        try await send("a4", "a")
        try await send("b1", "b")
        #expect(await eventually { function.events.count == 2 })
        #expect(function.bodies == [["a1", "a2", "a3"], ["b1"]], "the locked group does not hold up another one")
        await service.show(function.events[0].records.reversed().dropLast(), of: "q.fifo")
        try await Self.expectEmpty("q.fifo", service)
      }
      #expect(function.bodies.dropFirst(2).joined().elementsEqual(["a2", "a3", "a4"]))
    }
  }

  @Test func aBacklogMakesRoomForMoreInvocationsAtOnce() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      for number in 0..<12 { try await service.send("\(number)", to: "q") }
      let gate = Gate()
      let function = ScriptedFunction { _, _ in
        await gate.wait()
        return .json("{}")
      }
      try await Self.run(Self.configuration { $0.batchSize = 1 }, service, function) { _ in
        #expect(await eventually { function.events.count > 5 })
        gate.open()
        try await Self.expectEmpty("q", service)
      }
    }
  }

  @Test func stoppingLetsInvocationsFinish() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      try await service.send("a", to: "q")
      let gate = Gate()
      let function = ScriptedFunction { _, _ in
        await gate.wait()
        return .json("{}")
      }
      try await Self.run(Self.configuration(), service, function) { mapping in
        #expect(await eventually { function.events.count == 1 })
        await mapping.stop()
        try await service.send("b", to: "q")
        gate.open()
        await mapping.drained()
        #expect(try await service.bodies(of: "q") == ["b"])
        #expect(await mapping.lastResult == "OK")
      }
      #expect(function.events.count == 1)
    }
  }

  @Test func whatIsCutOffGoesBackAsIfItHadNotBeenReceived() async throws {
    try await QueueService.run(Self.queue(["VisibilityTimeout": "60"])) { service in
      try await service.send("a", to: "q")
      let gate = Gate()
      let function = ScriptedFunction { _, _ in
        await gate.wait()
        return .json("{}")
      }
      try await Self.run(Self.configuration(), service, function) { mapping in
        #expect(await eventually { function.events.count == 1 })
        await mapping.stop()
        await mapping.cutOff()
        await mapping.drained()
        let counts = try await service.counts(of: "q")
        #expect(counts == Queue.Counts(available: 1, delayed: 0, inFlight: 0))
        gate.open()
      }
    }
  }
}
