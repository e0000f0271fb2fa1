import Testing

@testable import LocalLambda

@Suite struct QueueTests {
  @Test func aReceivedMessageIsHiddenUntilItsVisibilityTimesOut() throws {
    var fixture = try QueueFixture(["VisibilityTimeout": "30"])
    fixture.send("a")
    #expect(fixture.bodies() == ["a"])
    fixture.pass(seconds: 29.999)
    #expect(fixture.bodies().isEmpty)
    #expect(fixture.queue.nextDue() == fixture.now + 1)
    fixture.pass(seconds: 0.001)
    let second = fixture.receive().deliveries
    #expect(second.map(\.message.receiveCount) == [2])
    #expect(second.first?.message.firstReceivedAt == fixture.now - 30_000)
  }

  @Test func aDelayedMessageIsAvailableWhenItsDelayIsOver() throws {
    var fixture = try QueueFixture()
    fixture.send("late", delay: 5)
    fixture.send("soon")
    #expect(fixture.queue.counts == Queue.Counts(available: 1, delayed: 1, inFlight: 0))
    #expect(fixture.bodies() == ["soon"])
    fixture.pass(seconds: 5)
    #expect(fixture.bodies() == ["late"])
  }

  @Test func aMessageOlderThanTheRetentionPeriodIsGoneInAnyState() throws {
    var fixture = try QueueFixture(["MessageRetentionPeriod": "60", "VisibilityTimeout": "600"])
    fixture.send("in flight")
    _ = fixture.bodies()
    fixture.send("available")
    fixture.send("delayed", delay: 900)
    fixture.pass(seconds: 59.999)
    #expect(fixture.queue.counts == Queue.Counts(available: 1, delayed: 1, inFlight: 1))
    fixture.pass(seconds: 0.001)
    #expect(fixture.queue.counts == Queue.Counts())
    #expect(fixture.queue.nextDue() == nil)
  }

  @Test func aDeletedMessageStaysDeleted() throws {
    var fixture = try QueueFixture()
    fixture.send("a")
    let handle = try #require(fixture.receive().deliveries.first).handle.description
    #expect(try fixture.queue.delete(handle)?.body == "a")
    #expect(try fixture.queue.delete(handle) == nil)
    fixture.pass(seconds: 60)
    #expect(fixture.bodies().isEmpty)
    #expect(fixture.queue.counts == Queue.Counts())
  }

  @Test func aHandleOfAnotherQueueIsRefused() throws {
    var fixture = try QueueFixture()
    fixture.send("a")
    let handle = try #require(fixture.receive().deliveries.first).handle
    let foreign = ReceiptHandle(queueTag: 7, sequence: handle.sequence, slot: handle.slot, receive: handle.receive)
    for text in [foreign.description, "", "abc", String(repeating: "z", count: 48)] {
      let error = #expect(throws: SQSError.self) { _ = try fixture.queue.delete(text) }
      #expect(error?.message == "The input receipt handle \"\(text)\" is not a valid receipt handle.")
    }
    #expect(fixture.queue.counts.inFlight == 1)
  }

  @Test func aHandleNeverReachesAMessageThatTookTheSlotLater() throws {
    var fixture = try QueueFixture()
    fixture.send("first")
    let handle = try #require(fixture.receive().deliveries.first).handle.description
    _ = try fixture.queue.delete(handle)
    fixture.send("second")
    #expect(try fixture.queue.delete(handle) == nil)
    #expect(fixture.bodies() == ["second"])
  }

  @Test func visibilityIsExtendedAndGivenUp() throws {
    var fixture = try QueueFixture(["VisibilityTimeout": "10"])
    fixture.send("a")
    let handle = try #require(fixture.receive().deliveries.first).handle.description
    try fixture.queue.changeVisibility(handle, seconds: 100, now: fixture.now)
    fixture.pass(seconds: 99)
    #expect(fixture.bodies().isEmpty)
    try fixture.queue.changeVisibility(handle, seconds: 0, now: fixture.now)
    #expect(fixture.bodies() == ["a"])
    // Received again by now; the old handle is still good, and so it is when the message is visible.
    try fixture.queue.changeVisibility(handle, seconds: 5, now: fixture.now)
    fixture.pass(seconds: 5)
    try fixture.queue.changeVisibility(handle, seconds: 50, now: fixture.now)
    #expect(fixture.queue.counts == Queue.Counts(available: 0, delayed: 0, inFlight: 1))
    fixture.pass(seconds: 49)
    #expect(fixture.bodies().isEmpty)
    fixture.pass(seconds: 1)
    #expect(fixture.bodies() == ["a"])
  }

  @Test func howLongAMessageMayBeHiddenIsCountedFromItsReceive() throws {
    var fixture = try QueueFixture()
    fixture.send("a")
    let first = try #require(fixture.receive().deliveries.first).handle.description
    try fixture.queue.changeVisibility(first, seconds: 43_200, now: fixture.now)
    fixture.pass(seconds: 1)
    try fixture.queue.changeVisibility(first, seconds: 43_199, now: fixture.now)
    let error = #expect(throws: SQSError.self) {
      _ = try fixture.queue.changeVisibility(first, seconds: 43_200, now: fixture.now)
    }
    #expect(error?.code == .invalidParameterValue)
    #expect(
      error?.message
        == "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is "
        + "beyond the limit [43200 seconds]")
    #expect(fixture.queue.nextDue() == fixture.now + 43_199_000, "it is hidden as before")
    try fixture.queue.changeVisibility(first, seconds: 0, now: fixture.now)
    // With the next receive they begin anew.
    let second = try #require(fixture.receive().deliveries.first).handle.description
    try fixture.queue.changeVisibility(second, seconds: 43_200, now: fixture.now)
    #expect(fixture.queue.nextDue() == fixture.now + 43_200_000)
  }

  @Test func aMessageReceivedTooOftenIsADeadLetter() throws {
    var fixture = try QueueFixture()
    fixture.send("poison")
    for _ in 1...2 {
      #expect(fixture.receive(visibility: 0, maximumReceives: 2).deliveries.count == 1)
      fixture.pass(seconds: 0)
    }
    let last = fixture.receive(maximumReceives: 2)
    #expect(last.deliveries.isEmpty)
    #expect(last.deadLetters.map(\.body) == ["poison"])
    #expect(fixture.queue.counts == Queue.Counts())
  }

  @Test func purgeEmptiesAndOldHandlesFindNothing() throws {
    var fixture = try QueueFixture()
    for number in 1...20 { fixture.send("\(number)") }
    let handle = try #require(fixture.receive().deliveries.first).handle.description
    fixture.queue.purge()
    #expect(fixture.queue.counts == Queue.Counts())
    #expect(try fixture.queue.delete(handle) == nil)
    fixture.send("new")
    #expect(fixture.bodies() == ["new"])
  }

  @Test func noMoreThanTheLimitIsInFlight() throws {
    var fixture = try QueueFixture()
    for _ in 0..<(SQSLimits.messagesInFlight + 5) { fixture.send("x") }
    while !fixture.receive().deliveries.isEmpty {}
    #expect(
      fixture.queue.counts == Queue.Counts(available: 5, delayed: 0, inFlight: SQSLimits.messagesInFlight))
  }

  @Test func peekingChangesNothing() throws {
    var fixture = try QueueFixture()
    for body in ["a", "b", "c"] { fixture.send(body) }
    _ = fixture.bodies(1)
    let before = fixture.queue.counts
    #expect(fixture.queue.peek(limit: 2).map(\.body) == ["a", "b"])
    #expect(fixture.queue.counts == before)
    #expect(fixture.bodies() == ["b", "c"])
  }

  @Test func aNoisyGroupDoesNotHoldUpTheOthers() throws {
    var fixture = try QueueFixture()
    for number in 0..<1_000 { fixture.send("noisy\(number)", group: "noisy") }
    fixture.send("quiet", group: "quiet")
    fixture.send("none")
    #expect(Set(fixture.bodies(3)) == ["noisy0", "quiet", "none"])
    #expect(fixture.bodies(2) == ["noisy1", "noisy2"], "in order, as it is alone now")
  }

  @Test func groupsTakeTurnsAndKeepTheirOrder() throws {
    var fixture = try QueueFixture(["VisibilityTimeout": "10"])
    for number in 1...3 {
      for group in ["a", "b", "c"] { fixture.send("\(group)\(number)", group: group) }
    }
    let first = fixture.receive(4).deliveries
    #expect(first.map(\.message.body) == ["a1", "b1", "c1", "a2"])
    _ = try fixture.queue.delete(first[1].handle.description)
    #expect(fixture.bodies() == ["b2", "c2", "a3", "b3", "c3"])
    fixture.pass(seconds: 10)
    #expect(Set(fixture.bodies()) == ["a1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"])
    #expect(fixture.queue.counts.available == 0)
  }

  /// Random operations against the simplest model there is: a dictionary of what was sent and not deleted.
  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func randomRunsLoseNothingAndShowNothingThatIsHidden(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    var fixture = try QueueFixture(["VisibilityTimeout": "20"])
    var waiting: [UInt64: Int64] = [:]  // sequence → available from
    var handles: [UInt64: String] = [:]
    for step in 0..<3_000 {
      switch random.next() % 10 {
      case 0...3:
        let delay = random.next() % 4 == 0 ? Double(random.next() % 10) : 0
        let message = fixture.send("\(step)", delay: delay)
        waiting[message.sequence] = fixture.now + Int64(delay * 1_000)
      case 4...6:
        let limit = Int(random.next() % 10) + 1
        let deliveries = fixture.receive(limit).deliveries
        let available = waiting.count { $0.value <= fixture.now }
        #expect(deliveries.count == min(limit, available))
        for delivery in deliveries {
          let from = try #require(waiting[delivery.message.sequence], "a deleted message came back")
          #expect(from <= fixture.now, "a hidden message was delivered")
          waiting[delivery.message.sequence] = fixture.now + 20_000
          handles[delivery.message.sequence] = delivery.handle.description
        }
      case 7:
        guard let sequence = handles.keys.sorted().randomElement(using: &random), let handle = handles[sequence] else {
          continue
        }
        handles[sequence] = nil
        _ = try fixture.queue.delete(handle)
        waiting[sequence] = nil
      case 8:
        guard let sequence = handles.keys.sorted().randomElement(using: &random), let handle = handles[sequence],
          let from = waiting[sequence], from > fixture.now
        else { continue }
        let seconds = Int(random.next() % 30)
        try fixture.queue.changeVisibility(handle, seconds: seconds, now: fixture.now)
        waiting[sequence] = fixture.now + Int64(seconds) * 1_000
      default: fixture.pass(seconds: Double(random.next() % 5_000) / 1_000)
      }
      #expect(fixture.queue.counts.available == waiting.count { $0.value <= fixture.now })
      #expect(fixture.queue.nextDue() == waiting.values.filter { $0 > fixture.now }.min())
    }
    fixture.pass(seconds: 100)
    var rest: Set<UInt64> = []
    while case let deliveries = fixture.receive().deliveries, !deliveries.isEmpty {
      for delivery in deliveries { #expect(rest.insert(delivery.message.sequence).inserted) }
    }
    #expect(rest == Set(waiting.keys))
  }
}

/// The same random numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
