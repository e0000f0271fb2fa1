/// Events on their way to one subscriber: a JSON array over HTTP, a line each over TCP.
struct TelemetryBatch: Sendable {
  private let subscription: TelemetrySubscription
  private(set) var count = 0
  private(set) var bytes: [UInt8] = []

  init(for subscription: TelemetrySubscription) { self.subscription = subscription }

  var isEmpty: Bool { count == 0 }
  /// The subscriber wants no more than that at once.
  var isFull: Bool { count >= subscription.maximumItems || bytes.count >= subscription.maximumBytes }

  mutating func add(_ event: String) {
    if case .http = subscription.destination { bytes.append(UInt8(ascii: isEmpty ? "[" : ",")) }
    bytes.append(contentsOf: event.utf8)
    if case .tcp = subscription.destination { bytes.append(UInt8(ascii: "\n")) }
    count += 1
  }

  /// What is sent.
  var body: [UInt8] {
    switch subscription.destination {
    case .http: bytes + [UInt8(ascii: "]")]
    case .tcp: bytes
    }
  }
}
