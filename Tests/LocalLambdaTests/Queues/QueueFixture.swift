@testable import LocalLambda

/// A queue and its clock, which stands still until a test moves it.
struct QueueFixture {
  var queue: Queue
  var now: Int64 = 1_700_000_000_000

  init(_ attributes: [String: String] = [:]) throws {
    let settings = try QueueAttributes(attributes)
    queue = Queue(
      name: settings.isFIFO ? "test.fifo" : "test", attributes: settings, tags: [:], tag: 42, createdAt: now)
  }

  mutating func pass(seconds: Double) {
    now += Int64(seconds * 1_000)
    queue.advance(to: now)
  }

  @discardableResult
  mutating func send(_ body: String, group: String? = nil, delay: Double? = nil) -> Message {
    let delay = delay ?? Double(queue.attributes.delaySeconds)
    let details = group.map { MessageDetails(groupID: $0, deduplicationID: body) }
    return queue.add(
      Message(
        id: .random(), body: body, bodyDigest: MD5Digest(of: body), sentAt: now,
        availableAt: now + Int64(delay * 1_000), details: details), now: now)
  }

  mutating func receive(_ limit: Int = 10, visibility: Int? = nil, maximumReceives: Int? = nil) -> Queue.Reception {
    queue.receive(
      limit: limit, visibilitySeconds: visibility ?? queue.attributes.visibilitySeconds,
      maximumReceives: maximumReceives, now: now)
  }

  mutating func bodies(_ limit: Int = 10, visibility: Int? = nil) -> [String] {
    receive(limit, visibility: visibility).deliveries.map(\.message.body)
  }
}
