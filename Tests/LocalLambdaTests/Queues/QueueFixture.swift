@testable import LocalLambda

/// A queue and its clock, which stands still until a test moves it.
struct QueueFixture {
  static let scope = QueueScope(region: "eu-west-1", accountID: "123456789012")

  var queue: Queue
  var now: Int64 = 1_700_000_000_000

  init(_ attributes: [String: String] = [:]) throws {
    let settings = try QueueAttributes(attributes)
    queue = Queue(
      address: QueueAddress(settings.isFIFO ? "test.fifo" : "test", in: Self.scope), attributes: settings, tags: [:],
      tag: 42, createdAt: now)
  }

  mutating func pass(seconds: Double) {
    now += Int64(seconds * 1_000)
    queue.advance(to: now)
  }

  @discardableResult
  mutating func send(_ body: String, group: String? = nil, delay: Double? = nil) -> Message {
    let delay = delay ?? Double(queue.attributes.delaySeconds)
    let details = group.map { MessageDetails(groupID: $0, deduplicationID: queue.attributes.isFIFO ? body : nil) }
    return queue.add(
      Message(
        id: .random(), body: body, bodyDigest: MD5Digest(of: body), sentAt: now,
        availableAt: now + Int64(delay * 1_000), details: details), now: now)
  }

  mutating func receive(_ limit: Int = 10, visibility: Int? = nil, maximumReceives: Int? = nil, attempt: String? = nil)
    -> Queue.Reception
  {
    queue.receive(
      limit: limit, visibilitySeconds: visibility ?? queue.attributes.visibilitySeconds,
      maximumReceives: maximumReceives, attemptID: attempt, now: now)
  }

  mutating func bodies(_ limit: Int = 10, visibility: Int? = nil) -> [String] {
    receive(limit, visibility: visibility).deliveries.map(\.message.body)
  }
}
