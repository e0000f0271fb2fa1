import FoundationEssentials
import NIOCore
import NIOPosix

/// The queues on disk: a log that every change is appended to, and that is read when the queues are opened.
///
/// Confined to the service's event loop; only the writing itself is done on another thread, one piece at a time. What
/// is appended while a piece is written and synced makes up the next one, so that under load many changes share one
/// `fsync`.
final class QueueStorage {
  /// What opening a folder found.
  struct Opened {
    let storage: QueueStorage
    let queues: [Queue]
    /// What people should know, if anything.
    let note: String?
  }

  private let file: LogFile
  private let lockFile: LogFile
  private let eventLoop: any EventLoop
  /// How much of the file is whole records.
  private var size: Int
  /// Appended, and not yet handed to the writer.
  private var pending: [UInt8] = []
  /// Callers that wait for what is pending.
  private var waiting: [(SQSError?) -> Void] = []
  private var isWriting = false
  /// Set when the file's state is not known any more: nothing is acknowledged then.
  private var isBroken = false

  private init(file: LogFile, lockFile: LogFile, size: Int, eventLoop: any EventLoop) {
    self.file = file
    self.lockFile = lockFile
    self.size = size
    self.eventLoop = eventLoop
  }

  // MARK: Opening

  /// Opens a folder: replays its log, cuts off a torn end, and writes the log anew when most of it is history.
  static func open(folder: String, eventLoop: any EventLoop) throws(QueueStorageError) -> Opened {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw QueueStorageError(path: folder, reason: "the folder cannot be made: \(error)")
    }
    let lockFile = try LogFile(path: folder + "/queues.lock")
    try lockFile.lock()
    let path = folder + "/queues.log"
    let file = try LogFile(path: path)
    var replay = QueueReplay()
    let (end, note) = try file.read { bytes throws(QueueStorageError) in try scan(bytes, path, into: &replay) }
    let queues: [Queue]
    do {
      queues = try replay.result()
    } catch {
      throw QueueStorageError(path: path, reason: "a queue in it is not valid: \(error.message)")
    }
    let live = queues.reduce(queues.count) { $0 + $1.counts.total }
    if end == 0 || replay.records > 2 * live + 1_000 {
      let (file, size) = try compact(queues, folder: folder, path: path)
      let storage = QueueStorage(file: file, lockFile: lockFile, size: size, eventLoop: eventLoop)
      return Opened(storage: storage, queues: queues, note: note)
    }
    if note != nil { try file.truncate(to: end) }
    let storage = QueueStorage(file: file, lockFile: lockFile, size: end, eventLoop: eventLoop)
    return Opened(storage: storage, queues: queues, note: note)
  }

  /// Reads all records.
  ///
  /// - Returns: where the last whole one ends, and what is wrong with the rest, if there is one.
  private static func scan(
    _ bytes: UnsafeRawBufferPointer, _ path: String, into replay: inout QueueReplay
  ) throws(QueueStorageError) -> (end: Int, note: String?) {
    let header = LogFrame.fileHeader
    if bytes.count < header.count, bytes.elementsEqual(header.prefix(bytes.count)) { return (0, nil) }
    guard bytes.starts(with: header) else {
      throw QueueStorageError(path: path, reason: "this is no log of queues; move it away to begin with none")
    }
    var offset = header.count
    while offset < bytes.count {
      guard let payload = LogFrame.payload(in: bytes, at: offset) else {
        guard !LogFrame.hasRecord(in: bytes, after: offset) else {
          throw QueueStorageError(
            path: path,
            reason: "damaged at byte \(offset), with undamaged records behind it; restore it from a copy, "
              + "or move it away to begin with no queues")
        }
        let torn = bytes.count - offset
        return (offset, "\(path): cut off \(torn) bytes of an unfinished write, which nobody was told was done")
      }
      var reader = BinaryReader(payload)
      guard let record = try? QueueRecord(from: &reader), reader.isAtEnd else {
        throw QueueStorageError(
          path: path, reason: "the record at byte \(offset) is of a newer version; use that version")
      }
      replay.apply(record)
      offset = LogFrame.next(after: payload, at: offset)
    }
    return (offset, nil)
  }

  /// Writes the queues as they are into a new log, and puts it in the place of the old one.
  private static func compact(
    _ queues: [Queue], folder: String, path: String
  ) throws(QueueStorageError) -> (file: LogFile, size: Int) {
    let file = try LogFile(path: path + ".new", truncate: true)
    var size = 0
    var buffer = LogFrame.fileHeader
    func flush(sync: Bool) throws(QueueStorageError) {
      try file.write(buffer, at: size, sync: sync)
      size += buffer.count
      buffer.removeAll(keepingCapacity: true)
    }
    for queue in queues {
      LogFrame.append(.queue(QueueDescription(queue)), to: &buffer)
      for message in queue.allMessages {
        LogFrame.append(.message(tag: queue.tag, message), to: &buffer)
        if buffer.count > 1 << 20 { try flush(sync: false) }
      }
      for (key, original, sentAt) in queue.deduplication.all {
        LogFrame.append(.deduplication(tag: queue.tag, key: key, original, sentAt: sentAt), to: &buffer)
      }
    }
    try flush(sync: true)
    try LogFile.rename(path + ".new", to: path, in: folder)
    return (file, size)
  }

  // MARK: Writing

  /// Appends a change; it is on its way to the disk from here on.
  func append(_ record: QueueRecord) {
    guard !isBroken else { return }
    if pending.isEmpty { flushSoon() }
    LogFrame.append(record, to: &pending)
  }

  /// Calls back once everything appended so far is on the disk, or could not be written.
  func whenDurable(_ body: @escaping (SQSError?) -> Void) {
    if isBroken { return body(Self.notWritten) }
    if pending.isEmpty, !isWriting { return body(nil) }
    waiting.append(body)
    flushSoon()
  }

  /// Writes what is pending, with what else this turn of the event loop appends.
  private func flushSoon() {
    let storage = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.execute { storage.value.flush() }
  }

  private func flush() {
    guard !isWriting, !isBroken, !pending.isEmpty || !waiting.isEmpty else { return }
    let bytes = pending
    let callers = NIOLoopBound(waiting, eventLoop: eventLoop)
    // A receive needs no `fsync`: it acknowledges nothing.
    let sync = !waiting.isEmpty
    pending = []
    waiting = []
    isWriting = true
    let (file, offset) = (file, size)
    let storage = NIOLoopBound(self, eventLoop: eventLoop)
    NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
      try file.write(bytes, at: offset, sync: sync)
    }.whenComplete { result in
      storage.value.wrote(bytes, for: callers.value, result)
    }
  }

  private func wrote(_ bytes: [UInt8], for callers: [(SQSError?) -> Void], _ result: Result<Void, any Error>) {
    isWriting = false
    switch result {
    case .success:
      size += bytes.count
      for caller in callers { caller(nil) }
    case .failure:
      // The changes are made in memory; they are written with the next ones. Their callers do not know either way.
      pending = bytes + pending
      do throws(QueueStorageError) {
        try file.truncate(to: size)
      } catch {
        isBroken = true
      }
      for caller in callers { caller(Self.notWritten) }
    }
    if !waiting.isEmpty || (!pending.isEmpty && (try? result.get()) != nil) { flush() }
  }

  private static let notWritten = SQSError(
    .internalFailure, "The queues cannot be written to the disk; the request may or may not have been done.")

  /// Writes the rest.
  func close() async {
    await withCheckedContinuation { continuation in
      whenDurable { _ in continuation.resume() }
    }
  }
}
