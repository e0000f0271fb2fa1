import JSON
import Testing

@testable import LocalLambda

@Suite struct QueueLongPollTests {
  static let queue = QueueConfiguration(name: "q", attributes: ["VisibilityTimeout": "1"])

  @Test func aPollWakesWhenAMessageArrives() async throws {
    try await QueueService.run(Self.queue) { service in
      async let deliveries = service.receive(from: "q", limit: 10, wait: .seconds(60))
      #expect(try await eventually { try await service.waitingPolls(of: "q") == 1 })
      try await service.send("hello", to: "q")
      #expect(try await deliveries.map(\.message.body) == ["hello"])
      #expect(try await service.waitingPolls(of: "q") == 0)
    }
  }

  @Test func aPollWakesWhenAHiddenMessageIsBack() async throws {
    try await QueueService.run(Self.queue) { service in
      try await service.send("hello", to: "q")
      #expect(try await service.receive(from: "q", limit: 1, wait: .zero).count == 1)
      let again = try await service.receive(from: "q", limit: 1, wait: .seconds(60))
      #expect(again.map(\.message.receiveCount) == [2])
    }
  }

  @Test func aPollWakesWhenADelayIsOver() async throws {
    try await QueueService.run(Self.queue) { service in
      async let deliveries = service.receive(from: "q", limit: 1, wait: .seconds(60))
      #expect(try await eventually { try await service.waitingPolls(of: "q") == 1 })
      try await service.send("late", to: "q", ["DelaySeconds": 1])
      #expect(try await service.counts(of: "q").delayed == 1)
      let late = try #require(try await deliveries.first).message
      #expect(late.body == "late")
      #expect((late.firstReceivedAt ?? 0) - late.sentAt >= 1_000)
    }
  }

  @Test func aPollWakesWhenAMessageIsMovedToItsQueue() async throws {
    let policy = #"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:dead","maxReceiveCount":1}"#
    try await QueueService.run(
      QueueConfiguration(name: "q", attributes: ["VisibilityTimeout": "0", "RedrivePolicy": policy]),
      QueueConfiguration(name: "dead")
    ) { service in
      async let dead = service.receive(from: "dead", limit: 1, wait: .seconds(60))
      #expect(try await eventually { try await service.waitingPolls(of: "dead") == 1 })
      try await service.send("poison", to: "q")
      _ = try await service.receive(from: "q", limit: 1, wait: .zero)
      #expect(try await service.receive(from: "q", limit: 1, wait: .zero).isEmpty)
      #expect(try await dead.map(\.message.details?.deadLetterSource) == ["arn:aws:sqs:eu-west-1:123456789012:q"])
    }
  }

  @Test func aPollWakesWhenItsGroupIsFree() async throws {
    try await QueueService.run(QueueConfiguration(name: "q.fifo", attributes: ["FifoQueue": "true"])) { service in
      for body in ["1", "2"] {
        let ids: JSONObject = ["MessageGroupId": "g", "MessageDeduplicationId": .string(body)]
        try await service.send(body, to: "q.fifo", ids)
      }
      let first = try #require(try await service.receive(from: "q.fifo", limit: 1, wait: .zero).first)
      async let second = service.receive(from: "q.fifo", limit: 1, wait: .seconds(60))
      #expect(try await eventually { try await service.waitingPolls(of: "q.fifo") == 1 })
      _ = try await service.delete([first.handle], from: "q.fifo")
      #expect(try await second.map(\.message.body) == ["2"])
    }
  }

  @Test func aPollEndsWithNothingWhenItsTimeIsUp() async throws {
    try await QueueService.run(Self.queue) { service in
      let deliveries = try await service.receive(from: "q", limit: 1, wait: .milliseconds(50))
      #expect(deliveries.isEmpty)
      #expect(try await service.waitingPolls(of: "q") == 0)
    }
  }

  @Test func deletingAQueueReleasesItsPolls() async throws {
    try await QueueService.run(Self.queue) { service in
      let polling = Task { try await service.receive(from: "q", limit: 1, wait: .seconds(60)) }
      #expect(try await eventually { try await service.waitingPolls(of: "q") == 1 })
      try await service.remove(named: "q")
      try await service.declare(Self.queue)
      try await service.send("for the new queue", to: "q")
      await #expect(throws: SQSError.self) { try await polling.value }
      #expect(try await service.counts(of: "q").available == 1)
    }
  }

  @Test func aCancelledTaskTakesNoMessage() async throws {
    try await QueueService.run(Self.queue) { service in
      let polling = Task { try await service.receive(from: "q", limit: 1, wait: .seconds(60)) }
      #expect(try await eventually { try await service.waitingPolls(of: "q") == 1 })
      polling.cancel()
      #expect(try await polling.value.isEmpty)
      try await service.send("still there", to: "q")
      #expect(try await service.counts(of: "q").available == 1)
    }
  }

  @Test func aCallerThatHangsUpTakesNoMessage() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q")
      let polling = Task { try await sqs.receive(url, ["WaitTimeSeconds": 20]) }
      #expect(try await eventually { try await sqs.service.waitingPolls(of: "q") == 1 })
      polling.cancel()
      _ = try? await polling.value
      #expect(try await eventually { try await sqs.service.waitingPolls(of: "q") == 0 })
      _ = try await sqs.json("SendMessage", ["QueueUrl": url, "MessageBody": "still there"])
      #expect(try await sqs.receive(url).map { $0["Body"] } == ["still there"])
    }
  }

  @Test func aConnectionThatIsClosedWhileItWaitsTakesNoMessage() async throws {
    try await QueueStorageTests.folder { folder in
      for storage in [QueueService.Storage.memory, .directory(folder)] {
        try await QueueServerFixture.run(storage: storage) { sqs in
          let url = try await sqs.create("q")
          let connections = try await (0..<5).asyncMap { _ in try await RawConnection.open(port: sqs.server.port) }
          let body = #"{"QueueUrl":"q","WaitTimeSeconds":20}"#
          for connection in connections {
            try await connection.send(
              "POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AmazonSQS.ReceiveMessage\r\n"
                + "content-type: application/x-amz-json-1.0\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
          }
          #expect(try await eventually { try await sqs.service.waitingPolls(of: "q") == 5 })
          for connection in connections.dropLast() { try await connection.close() }
          #expect(try await eventually { try await sqs.service.waitingPolls(of: "q") == 1 })
          for body in ["first", "second"] {
            _ = try await sqs.json("SendMessage", ["QueueUrl": url, "MessageBody": .string(body)])
          }
          let text = try await connections[4].text { $0.contains("MD5OfBody") }
          #expect(text.contains("first"))
          #expect(try await sqs.receive(url).map { $0["Body"] } == ["second"])
          try await connections[4].close()
        }
      }
    }
  }

  @Test func eachOfManyPollsGetsOneMessage() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q")
      let bodies = try await withThrowingTaskGroup { group in
        for _ in 0..<100 {
          group.addTask { try await sqs.receive(url, ["WaitTimeSeconds": 20, "MaxNumberOfMessages": 1]) }
        }
        #expect(try await eventually { try await sqs.service.waitingPolls(of: "q") == 100 })
        for number in 0..<100 { try await sqs.service.send("\(number)", to: "q") }
        return try await group.reduce(into: []) { $0 += $1.compactMap { $0["Body"]?.stringValue } }
      }
      #expect(Set(bodies).count == 100)
      #expect(bodies.count == 100)
    }
  }

  @Test func theQueuesOwnWaitTimeCounts() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q", ["ReceiveMessageWaitTimeSeconds": "20"])
      async let messages = sqs.receive(url)
      #expect(try await eventually { try await sqs.service.waitingPolls(of: "q") == 1 })
      try await sqs.service.send("hello", to: "q")
      #expect(try await messages.map { $0["Body"] } == ["hello"])
    }
  }

  @Test func whoPollsWhenTheServerStopsIsAnswered() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q")
      let polling = Task { try await sqs.json("ReceiveMessage", ["QueueUrl": url, "WaitTimeSeconds": 20]) }
      #expect(try await eventually { try await sqs.service.waitingPolls(of: "q") == 1 })
      await sqs.server.shutdown()
      let answer = try await polling.value
      #expect(answer.status == 200)
      #expect(answer.json == [:])
    }
  }

  @Test func shutdownReleasesThePolls() async throws {
    try await QueueService.run(Self.queue) { service in
      let polling = Task { try await service.receive(from: "q", limit: 1, wait: .seconds(60)) }
      let isWaiting = try await eventually { try await service.waitingPolls(of: "q") == 1 }
      #expect(isWaiting)
      await service.shutdown()
      let deliveries = try await polling.value
      #expect(deliveries.isEmpty)
    }
  }
}

extension Sequence {
  fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
