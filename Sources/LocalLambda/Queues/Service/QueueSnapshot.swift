/// What the queues hold, piece by piece, for the log to be written anew. Confined to the service's event loop.
struct QueueSnapshot {
  private enum Place {
    case queues([LiveQueue], [MoveTask])
    case deduplication(LiveQueue, after: UInt64)
    case messages(LiveQueue, from: Int)
  }

  private var places: [Place]

  init(queues: [LiveQueue], moveTasks: [MoveTask]) { places = [.queues(queues, moveTasks)] }

  /// So much makes a piece: a fraction of a millisecond's work.
  private static let pieceBytes = 256 << 10

  /// Appends the next records; false when there are no more.
  mutating func append(to batch: inout LogBatch) -> Bool {
    let end = batch.count + Self.pieceBytes
    while batch.count < end, let place = places.popLast() {
      switch place {
      case .queues(let queues, let moveTasks):
        for live in queues {
          batch.append(.queue(QueueDescription(live.queue)))
          places.append(.messages(live, from: 0))
          places.append(.deduplication(live, after: 0))
        }
        for task in moveTasks { batch.append(.moveTask(task)) }
      case .deduplication(let live, let sequence):
        let entries = live.queue.deduplication.entries(after: sequence, limit: 1_000)
        guard let last = entries.last else { continue }
        for (key, original, sentAt) in entries {
          batch.append(.deduplication(tag: live.queue.tag, key: key, original, sentAt: sentAt))
        }
        places.append(.deduplication(live, after: last.original.sequence))
      case .messages(let live, let slot):
        var next = slot
        while batch.count < end, next < live.queue.slots {
          if let message = live.queue.message(at: next) { batch.append(.message(tag: live.queue.tag, message)) }
          next += 1
        }
        if next < live.queue.slots { places.append(.messages(live, from: next)) }
      }
    }
    return !places.isEmpty
  }
}
