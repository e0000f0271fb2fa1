/// Events on their way to one subscriber, as a JSON array.
struct TelemetryBatch: Sendable {
  private(set) var count = 0
  private(set) var bytes: [UInt8] = []

  var isEmpty: Bool { count == 0 }

  /// Adds an event; true when the subscriber wants no more than that at once.
  mutating func add(_ event: String, _ subscription: TelemetrySubscription) -> Bool {
    bytes.append(UInt8(ascii: count == 0 ? "[" : ","))
    bytes.append(contentsOf: event.utf8)
    count += 1
    return count >= subscription.maximumItems || bytes.count >= subscription.maximumBytes
  }

  /// The array.
  var body: [UInt8] { bytes + [UInt8(ascii: "]")] }
}
