import JSON
import Testing

@testable import LocalLambda

/// A queue's own delay, when it is changed: in a FIFO queue it counts for what is there already.
@Suite struct QueueDelayTests {
  static func ids(_ body: String, _ group: String) -> JSONObject {
    ["MessageGroupId": .string(group), "MessageDeduplicationId": .string(body)]
  }

  @Test func aNewDelayCountsForWhatWasNotReceived() throws {
    var fixture = try QueueFixture(QueueFIFOTests.attributes)
    for (body, group) in [("a1", "a"), ("a2", "a"), ("b1", "b")] { fixture.send(body, group: group) }
    #expect(fixture.bodies(1) == ["a1"])
    fixture.pass(seconds: 10)
    fixture.send("b2", group: "b")
    try fixture.queue.set(["DelaySeconds": "25"], now: fixture.now)
    #expect(fixture.queue.counts == Queue.Counts(available: 0, delayed: 3, inFlight: 1))
    #expect(fixture.bodies().isEmpty)
    #expect(fixture.queue.nextDue() == fixture.now + 15_000, "25 seconds after it was sent")
    fixture.pass(seconds: 15)
    #expect(fixture.bodies() == ["b1"], "a1 is in flight, and b2 was sent later")
    try fixture.queue.set(["DelaySeconds": "0"], now: fixture.now)
    #expect(fixture.queue.counts == Queue.Counts(available: 2, delayed: 0, inFlight: 2))
    fixture.pass(seconds: 5)
    #expect(fixture.bodies() == ["a1", "a2"])
    fixture.pass(seconds: 25)
    #expect(fixture.bodies() == ["b1", "b2"])
  }

  @Test func inAStandardQueueANewDelayIsForNewMessages() throws {
    var fixture = try QueueFixture(["DelaySeconds": "10"])
    fixture.send("old")
    try fixture.queue.set(["DelaySeconds": "0"], now: fixture.now)
    fixture.send("new")
    #expect(fixture.bodies() == ["new"])
    fixture.pass(seconds: 10)
    #expect(fixture.bodies() == ["old"])
  }

  @Test func aNewDelayIsThereAfterARestart() async throws {
    try await QueueStorageTests.folder { folder in
      let before = try await QueueStorageTests.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "q.fifo", attributes: QueueFIFOTests.attributes))
        for body in ["a", "b"] { try await service.send(body, to: "q.fifo", Self.ids(body, body)) }
        try await service.set(["DelaySeconds": "900"], of: "q.fifo")
        return try await service.messages(of: "q.fifo")
      }
      #expect(before.map(\.state) == [.delayed, .delayed])
      try await QueueStorageTests.open(folder) { service in
        let after = try await service.messages(of: "q.fifo")
        #expect(after.map(\.status) == before.map(\.status))
        #expect(try await service.receive(from: "q.fifo", limit: 10, wait: .zero).isEmpty)
        try await service.set(["DelaySeconds": "0"], of: "q.fifo")
      }
      try await QueueStorageTests.open(folder) { service in
        let bodies = try await service.receive(from: "q.fifo", limit: 10, wait: .zero).map(\.message.body)
        #expect(bodies == ["a", "b"])
      }
    }
  }

  @Test func aPollGetsWhatNeedNotWaitAnyMore() async throws {
    let queue = QueueConfiguration(name: "q.fifo", attributes: ["FifoQueue": "true", "DelaySeconds": "900"])
    try await QueueService.run(queue) { service in
      try await service.send("late", to: "q.fifo", Self.ids("late", "g"))
      async let deliveries = service.receive(from: "q.fifo", limit: 1, wait: .seconds(60))
      #expect(try await eventually { try await service.waitingPolls(of: "q.fifo") == 1 })
      try await service.set(["DelaySeconds": "0"], of: "q.fifo")
      #expect(try await deliveries.map(\.message.body) == ["late"])
    }
  }

  /// Against a model: what was sent as long ago as the present delay can be received, each group from its head on.
  @Test(arguments: [31, 32, 33, 34] as [UInt64])
  func randomRunsHoldWhatThePresentDelayHolds(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    var fixture = try QueueFixture(QueueFIFOTests.attributes)
    var sent: [(sequence: UInt64, group: String, at: Int64)] = []
    for step in 0..<2_000 {
      switch random.next() % 8 {
      case 0...3:
        let group = "g\(random.next() % 4)"
        sent.append((fixture.send("\(step)", group: group).sequence, group, fixture.now))
      case 4: try fixture.queue.set(["DelaySeconds": String(random.next() % 20)], now: fixture.now)
      case 5: fixture.pass(seconds: Double(random.next() % 5))
      default:
        let sentBefore = fixture.now - Int64(fixture.queue.attributes.delaySeconds) * 1_000
        let open = sent.count { $0.at <= sentBefore }
        #expect(fixture.queue.counts.available == open)
        let limit = Int(random.next() % 10) + 1
        let deliveries = fixture.receive(limit).deliveries
        #expect(deliveries.count == min(limit, open))
        for delivery in deliveries {
          let head = try #require(sent.firstIndex(where: { $0.group == delivery.message.details?.groupID }))
          #expect(delivery.message.sequence == sent[head].sequence, "not the group's head")
          sent.remove(at: head)
          _ = try fixture.queue.delete(delivery.handle.description)
        }
      }
    }
  }
}
