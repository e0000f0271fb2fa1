import JSON
import Synchronization
import Testing

@testable import LocalLambda

/// What the consumers of each group got, in order.
private final class Seen: Sendable {
  let numbers = Mutex<[String: [Int]]>([:])
}

@Suite struct QueueFIFOTests {
  static let attributes = ["FifoQueue": "true", "VisibilityTimeout": "30"]

  @Test func aGroupIsReceivedInOrderAndLockedWhileInFlight() throws {
    var fixture = try QueueFixture(Self.attributes)
    for body in ["a1", "a2", "a3"] { fixture.send(body, group: "a") }
    fixture.send("b1", group: "b")
    let first = fixture.receive(2).deliveries
    #expect(first.map(\.message.body) == ["a1", "a2"])
    #expect(fixture.bodies() == ["b1"])
    _ = try fixture.queue.delete(first[0].handle.description)
    #expect(fixture.bodies().isEmpty, "a2 is still in flight")
    _ = try fixture.queue.delete(first[1].handle.description)
    #expect(fixture.bodies() == ["a3"])
  }

  @Test func whatComesBackKeepsItsPlace() throws {
    var fixture = try QueueFixture(Self.attributes)
    for body in ["1", "2", "3", "4"] { fixture.send(body, group: "g") }
    let taken = fixture.receive(3).deliveries
    // In the wrong order, on purpose.
    try fixture.queue.changeVisibility(taken[2].handle.description, seconds: 0, now: fixture.now)
    #expect(fixture.bodies().isEmpty)
    try fixture.queue.changeVisibility(taken[0].handle.description, seconds: 0, now: fixture.now)
    try fixture.queue.changeVisibility(taken[1].handle.description, seconds: 0, now: fixture.now)
    #expect(fixture.bodies() == ["1", "2", "3", "4"])
  }

  /// As recorded on AWS: three messages of a group time out but for one of them, which stays in flight.
  @Test(arguments: [(0, []), (1, ["1"]), (2, ["1", "2"])] as [(Int, [String])])
  func whatComesBeforeAMessageInFlightCanBeReceived(inFlight: Int, expected: [String]) throws {
    var fixture = try QueueFixture(Self.attributes)
    for body in ["1", "2", "3"] { fixture.send(body, group: "g") }
    let taken = fixture.receive().deliveries
    try fixture.queue.changeVisibility(taken[inFlight].handle.description, seconds: 60, now: fixture.now)
    fixture.pass(seconds: 30)
    fixture.send("4", group: "g")
    #expect(fixture.bodies() == expected)
    fixture.pass(seconds: 30)
    #expect(fixture.bodies() == ["1", "2", "3", "4"])
  }

  /// As recorded on AWS: the group is at the end of the line, and only its first message can be received.
  @Test func aMessageThatIsBackDoesNotUnlockThoseBehindIt() throws {
    var fixture = try QueueFixture(Self.attributes)
    for (body, group) in [("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b")] { fixture.send(body, group: group) }
    let taken = fixture.receive(2).deliveries
    try fixture.queue.changeVisibility(taken[0].handle.description, seconds: 0, now: fixture.now)
    let next = fixture.receive(3).deliveries
    #expect(next.map(\.message.body) == ["b1", "a1"])
    _ = try fixture.queue.delete(next[1].handle.description)
    #expect(fixture.bodies().isEmpty, "a2 is still in flight")
    _ = try fixture.queue.delete(taken[1].handle.description)
    #expect(fixture.bodies() == ["a3"])
  }

  @Test func groupsComeBackInTheOrderOfTheirFirstMessages() throws {
    var fixture = try QueueFixture(Self.attributes)
    for (body, group) in [("a1", "a"), ("b1", "b"), ("b2", "b"), ("c1", "c"), ("a2", "a")] {
      fixture.send(body, group: group)
    }
    #expect(fixture.bodies(3, visibility: 0) == ["a1", "a2", "b1"])
    fixture.pass(seconds: 0)
    #expect(fixture.bodies(10, visibility: 0) == ["c1", "a1", "a2", "b1", "b2"])
  }

  @Test func anExpiredHandleIsRefused() throws {
    var fixture = try QueueFixture(Self.attributes)
    fixture.send("1", group: "g")
    let handle = try #require(fixture.receive().deliveries.first).handle.description
    fixture.pass(seconds: 30)
    let error = #expect(throws: SQSError.self) { _ = try fixture.queue.delete(handle) }
    #expect(
      error?.message
        == "Value \(handle) for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.")
  }

  @Test func aDelayedMessageHoldsOnlyThoseBehindIt() throws {
    var fixture = try QueueFixture(Self.attributes)
    fixture.send("1", group: "g")
    fixture.send("2", group: "g", delay: 10)
    fixture.send("3", group: "g")
    let first = fixture.receive().deliveries
    #expect(first.map(\.message.body) == ["1"])
    _ = try fixture.queue.delete(first[0].handle.description)
    #expect(fixture.bodies().isEmpty)
    fixture.pass(seconds: 10)
    #expect(fixture.bodies() == ["2", "3"])
  }

  @Test func aDeadLetterLetsTheNextOneThrough() throws {
    var fixture = try QueueFixture(Self.attributes)
    fixture.send("poison", group: "g")
    fixture.send("good", group: "g")
    _ = fixture.receive(1, maximumReceives: 1)
    fixture.pass(seconds: 30)
    let reception = fixture.receive(10, maximumReceives: 1)
    #expect(reception.deadLetters.map(\.body) == ["poison"])
    #expect(reception.deliveries.map(\.message.body) == ["good"])
  }

  @Test func aRepeatedDeduplicationIdIsRememberedForFiveMinutes() throws {
    var fixture = try QueueFixture(Self.attributes)
    let original = Deduplication.Original(id: .random(), sequence: 1)
    fixture.queue.remember(original, key: "g id", sentAt: fixture.now)
    #expect(fixture.queue.original("g id", now: fixture.now + 299_999) == original)
    #expect(fixture.queue.original("g other", now: fixture.now) == nil)
    #expect(fixture.queue.original("g id", now: fixture.now + 300_000) == nil)
  }

  @Test func aNamedReceiveIsRepeatedWithinFiveMinutes() throws {
    var fixture = try QueueFixture(["FifoQueue": "true", "VisibilityTimeout": "600"])
    for body in ["1", "2", "3"] { fixture.send(body, group: "g") }
    let first = fixture.receive(2, attempt: "a").deliveries
    #expect(first.map(\.message.body) == ["1", "2"])
    fixture.pass(seconds: 299)
    let again = fixture.receive(2, attempt: "a").deliveries
    #expect(again.map(\.handle) == first.map(\.handle))
    #expect(again.map(\.message.receiveCount) == [1, 1])
    #expect(again.map(\.message.availableAt) == [fixture.now + 600_000, fixture.now + 600_000], "hidden from now on")
    #expect(fixture.receive(2, attempt: "b").deliveries.isEmpty)
    #expect(fixture.receive(2).deliveries.isEmpty)
    fixture.pass(seconds: 300)
    #expect(fixture.receive(2, attempt: "a").deliveries.isEmpty, "too late")
  }

  @Test(arguments: ["delete", "visibility", "timeout"])
  func aNamedReceiveIsNotRepeatedWhenSomethingBecameOfItsMessages(what: String) throws {
    var fixture = try QueueFixture(Self.attributes)
    for body in ["1", "2"] { fixture.send(body, group: "g") }
    let first = fixture.receive(2, attempt: "a").deliveries
    switch what {
    case "delete": _ = try fixture.queue.delete(first[0].handle.description)
    case "visibility":
      try fixture.queue.changeVisibility(first[0].handle.description, seconds: 10, now: fixture.now)
    default: fixture.pass(seconds: 30)
    }
    let second = fixture.receive(2, attempt: "a").deliveries
    // Only what timed out is there to be received.
    #expect(second.map(\.message.receiveCount) == (what == "timeout" ? [2, 2] : []))
  }

  @Test func anEmptyReceiveIsNotRepeated() throws {
    var fixture = try QueueFixture(Self.attributes)
    #expect(fixture.receive(2, attempt: "a").deliveries.isEmpty)
    fixture.send("1", group: "g")
    #expect(fixture.receive(2, attempt: "a").deliveries.map(\.message.body) == ["1"])
  }

  @Test func deduplicationCanBeByGroup() async throws {
    let attributes = [
      "FifoQueue": "true", "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId",
    ]
    try await QueueService.run(
      QueueConfiguration(name: "by-group.fifo", attributes: attributes),
      QueueConfiguration(name: "by-queue.fifo", attributes: ["FifoQueue": "true"])
    ) { service in
      for name in ["by-group.fifo", "by-queue.fifo"] {
        for group in ["a", "b", "a"] {
          try await service.send("x", to: name, ["MessageGroupId": .string(group), "MessageDeduplicationId": "same"])
        }
      }
      #expect(try await service.counts(of: "by-group.fifo").available == 2)
      #expect(try await service.counts(of: "by-queue.fifo").available == 1)
      await #expect(throws: SQSError.self) {
        try await service.declare(
          QueueConfiguration(
            name: "x.fifo", attributes: ["FifoQueue": "true", "FifoThroughputLimit": "perMessageGroupId"]))
      }
    }
  }

  /// What was sent before the change counts, too.
  @Test func theScopeOfDeduplicationCanBeChanged() async throws {
    try await QueueService.run(QueueConfiguration(name: "q.fifo", attributes: ["FifoQueue": "true"])) { service in
      func stored(_ id: String, _ group: String) async throws -> Int {
        let ids: JSONObject = ["MessageGroupId": .string(group), "MessageDeduplicationId": .string(id)]
        try await service.send("x", to: "q.fifo", ids)
        return try await service.counts(of: "q.fifo").total
      }
      #expect(try await stored("1", "a") == 1)
      #expect(try await stored("1", "b") == 1)
      let byGroup = ["DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"]
      try await service.set(byGroup, of: "q.fifo")
      #expect(try await stored("1", "a") == 1, "sent to this group before")
      #expect(try await stored("1", "b") == 2)
      #expect(try await stored("2", "a") == 3)
      await #expect(throws: SQSError.self, "the limit would need the scope") {
        try await service.set(["DeduplicationScope": "queue"], of: "q.fifo")
      }
      try await service.set(["DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"], of: "q.fifo")
      #expect(try await stored("2", "b") == 3, "sent to another group before")
      #expect(try await stored("3", "b") == 4)
    }
  }

  @Test func whatWasDeletedIsStillADuplicate() async throws {
    try await QueueService.run(QueueConfiguration(name: "q.fifo", attributes: Self.attributes)) { service in
      let ids: JSONObject = ["MessageGroupId": "g", "MessageDeduplicationId": "same"]
      let first = try await service.send("x", to: "q.fifo", ids)
      let taken = try await service.receive(from: "q.fifo", limit: 1, wait: .zero)
      _ = try await service.delete(taken.map(\.handle), from: "q.fifo")
      let second = try await service.send("x", to: "q.fifo", ids)
      #expect(second.id == first.id)
      #expect(try await service.counts(of: "q.fifo").total == 0)
    }
  }

  /// Many consumers at once, each taking its time: every group is seen in order, by one consumer at a time.
  @Test func manyConsumersSeeEachGroupInOrder() async throws {
    try await QueueService.run(QueueConfiguration(name: "q.fifo", attributes: Self.attributes)) { service in
      for number in 0..<200 {
        let ids: JSONObject = [
          "MessageGroupId": .string("g\(number % 7)"), "MessageDeduplicationId": .string("\(number)"),
        ]
        try await service.send("\(number)", to: "q.fifo", ids)
      }
      let seen = Seen()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask {
            while case let taken = try await service.receive(from: "q.fifo", limit: 3, wait: .milliseconds(200)),
              !taken.isEmpty
            {
              for delivery in taken {
                let number = try #require(Int(delivery.message.body))
                seen.numbers.withLock { $0[delivery.message.details?.groupID ?? "", default: []].append(number) }
                await Task.yield()
                _ = try await service.delete([delivery.handle], from: "q.fifo")
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let groups = seen.numbers.withLock(\.self)
      for (group, numbers) in groups {
        #expect(numbers == numbers.sorted(), "\(group)")
      }
      #expect(groups.values.reduce(0) { $0 + $1.count } == 200)
    }
  }

  /// Against a model: a receive takes a group's first messages, and stops at what was in flight before it.
  @Test(arguments: [11, 12, 13, 14, 15, 16] as [UInt64])
  func randomRunsKeepEachGroupsOrder(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    var fixture = try QueueFixture(Self.attributes)
    var sent: [String: [UInt64]] = [:]
    var inFlight: [UInt64: (group: String, handle: String, until: Int64)] = [:]
    for step in 0..<2_000 {
      inFlight = inFlight.filter { $0.value.until > fixture.now }
      switch random.next() % 10 {
      case 0...2:
        let group = "g\(random.next() % 5)"
        sent[group, default: []].append(fixture.send("\(step)", group: group).sequence)
      case 3...4:
        var received: [String: [UInt64]] = [:]
        let limit = Int(random.next() % 10) + 1
        let deliveries = fixture.receive(limit).deliveries
        for message in deliveries.map(\.message) {
          received[message.details?.groupID ?? "", default: []].append(message.sequence)
        }
        for (group, all) in sent {
          let open = Array(all.prefix { inFlight[$0] == nil })
          let taken = received[group] ?? []
          #expect(taken == Array(open.prefix(taken.count)), "not the group's head, in order")
          #expect(deliveries.count == limit || taken == open, "left, though there was room")
        }
        for delivery in deliveries {
          inFlight[delivery.message.sequence] = (
            delivery.message.details?.groupID ?? "", delivery.handle.description, fixture.now + 30_000
          )
        }
      case 5...8:
        guard let sequence = inFlight.keys.sorted().randomElement(using: &random), let held = inFlight[sequence] else {
          continue
        }
        if random.next() % 3 > 0 {
          _ = try fixture.queue.delete(held.handle)
          inFlight[sequence] = nil
          sent[held.group]?.removeAll { $0 == sequence }
        } else {
          let seconds = Int(random.next() % 3) * 20
          try fixture.queue.changeVisibility(held.handle, seconds: seconds, now: fixture.now)
          inFlight[sequence]?.until = fixture.now + Int64(seconds) * 1_000
        }
      default: fixture.pass(seconds: Double(random.next() % 20))
      }
    }
    fixture.pass(seconds: 40)
    var rest: [String: [UInt64]] = [:]
    while case let deliveries = fixture.receive().deliveries, !deliveries.isEmpty {
      for delivery in deliveries {
        rest[delivery.message.details?.groupID ?? "", default: []].append(delivery.message.sequence)
        _ = try fixture.queue.delete(delivery.handle.description)
      }
    }
    #expect(rest == sent.filter { !$0.value.isEmpty })
  }
}
