/// A log on its way to become the new one: it holds what the queues hold, without the history.
///
/// Pieces of what the queues hold alternate with what changes in the meantime, in the order in which it happened. A
/// change of a message that has not been copied yet changes nothing, and the message is copied as it is by then; one
/// that has been copied is changed. So the queues never stand still.
final class LogCompaction {
  let file: LogFile
  /// How much is written.
  private(set) var size: Int
  /// What is next: changes and pieces.
  var pending = LogBatch()
  private var snapshot: QueueSnapshot
  private var isRead = false

  /// Begins a log beside the one at `path`.
  init(of path: String, snapshot: QueueSnapshot) throws(QueueStorageError) {
    file = try LogFile(path: path + ".new", truncate: true)
    self.snapshot = snapshot
    // At once: the queues come before any of their changes.
    isRead = !self.snapshot.append(to: &pending)
    size = LogFrame.fileHeader.count
    try file.write(LogFrame.fileHeader, at: 0)
  }

  /// A piece that can be written on another thread.
  struct Piece: Sendable {
    let file: LogFile
    let batch: LogBatch
    let offset: Int

    func write() throws(QueueStorageError) { try batch.write(to: file, at: offset) }
  }

  /// There is more to be written, whether anything changes or not.
  var hasWork: Bool { !isRead }
  /// All was handed out.
  var isComplete: Bool { isRead }

  /// Gives the disk back what it holds; the log goes on without it.
  func abandon() { LogFile.remove(file.path) }

  func next() -> Piece? {
    if !isRead { isRead = !snapshot.append(to: &pending) }
    guard !pending.isEmpty else { return nil }
    defer {
      size += pending.count
      pending = LogBatch()
    }
    return Piece(file: file, batch: pending, offset: size)
  }
}
