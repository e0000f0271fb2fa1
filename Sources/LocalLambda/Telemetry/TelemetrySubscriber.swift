import JSON
import NIOCore

/// An extension that is sent telemetry, and what is on its way to it.
struct TelemetrySubscriber {
  /// Tells the subscriptions of an environment apart, also when one takes the place of another.
  let id: Int
  let name: String
  let subscription: TelemetrySubscription
  let sender: TelemetrySender
  var batch: TelemetryBatch
  /// Sends the batch when it has waited long enough.
  var timer: Scheduled<Void>?
  /// The batch before, which is still on its way.
  var sending: Task<Void, Never>?
  /// The batch leaves as soon as the one before has arrived.
  var isDue = false
  /// What did not arrive, until the subscriber is told.
  var loss: TelemetryLoss?

  init(id: Int, name: String, subscription: TelemetrySubscription, eventLoop: any EventLoop) {
    self.id = id
    self.name = name
    self.subscription = subscription
    sender = TelemetrySender(subscription.destination, eventLoop: eventLoop)
    batch = TelemetryBatch(for: subscription)
  }

  /// A batch is lost, and with it what it told of earlier losses.
  mutating func lose(_ batch: TelemetryBatch, telling told: TelemetryLoss? = nil, _ reason: String) {
    let known = [told, loss].compactMap(\.self)
    loss = TelemetryLoss(
      records: known.reduce(batch.count) { $0 + $1.records }, bytes: known.reduce(batch.bytes.count) { $0 + $1.bytes },
      reason: reason)
  }

  /// Takes what waits, and what was lost before if the subscriber wants to know.
  ///
  /// A loss is told with the events that follow it, and not in a batch of its own: a subscriber that takes nothing would
  /// be told of each such batch in another one, for ever.
  mutating func takeBatch() -> (batch: TelemetryBatch, loss: TelemetryLoss?) {
    defer {
      batch = TelemetryBatch(for: subscription)
      loss = nil
    }
    return (batch, subscription.categories.contains(.platform) ? loss : nil)
  }
}

/// Events that a subscriber did not get.
struct TelemetryLoss: Sendable, Hashable {
  /// As Lambda words it when a subscriber takes its batches too slowly.
  static let tooSlow = "Some logs were dropped because the downstream consumer is slower than the logs production rate"

  var records: Int
  var bytes: Int
  var reason: String

  /// `platform.logsDropped`.
  var event: TelemetryEvent {
    .platform(
      "logsDropped",
      [
        "reason": .string(reason), "droppedRecords": .integer(Int64(records)), "droppedBytes": .integer(Int64(bytes)),
      ])
  }
}
