import NIOCore

/// A queue and the long polls that wait for its messages. Confined to the service's event loop.
///
/// Its identity is the queue's: one that is deleted and made again under the same name is another.
final class LiveQueue {
  var queue: Queue
  /// The polls in the order of their arrival, with those that are over by now.
  var polls: CircularBuffer<LongPoll.ID> = []
  /// How many polls wait.
  var waitingPolls = 0
  /// When it was purged last.
  var purgedAt: Int64?
  /// The moment for which a wake-up is planned.
  var wakesAt: Int64?

  init(_ queue: Queue) { self.queue = queue }
}

/// What a consumer asks for.
struct ReceiveRequest: Sendable, Hashable {
  var limit: Int
  var visibilitySeconds: Int
  /// How long to wait for the first message.
  var waitMilliseconds: Int64 = 0
  /// Names the receive, so that it can be asked for again; only with FIFO queues.
  var attemptID: String?
}

/// A receive that waits for messages.
struct LongPoll {
  typealias ID = UInt64
  /// How a receive ends: with messages, with none when its time is up, or because the queue is gone.
  typealias Completion = (Result<[Queue.Delivery], SQSError>) -> Void

  let queue: LiveQueue
  let request: ReceiveRequest
  let deadline: Int64
  let completion: Completion
}
