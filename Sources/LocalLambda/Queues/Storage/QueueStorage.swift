import NIOCore
import NIOPosix

/// The queues on disk: a log that every change is appended to, and that is read when the queues are opened.
///
/// Confined to the service's event loop; only the writing itself is done on another thread, one piece at a time. What
/// is appended while a piece is written and synced makes up the next one, so that under load many changes share one
/// `fdatasync`. While it grows the log is written anew now and then, with what the queues hold: see ``LogCompaction``.
final class QueueStorage {
  /// What a caller waits for.
  enum Durability {
    /// The change is with the operating system, and survives the end of the process.
    case written
    /// The change is on the disk.
    case synced
  }

  private let folder: String
  private var path: String { folder + "/queues.log" }
  private let eventLoop: any EventLoop
  private let lockFile: LogFile
  private var file: LogFile
  /// How much of the file is whole frames.
  private var size: Int
  /// Appended, and not yet handed to the writer.
  private var pending = LogBatch()
  /// Callers that wait for what is pending.
  private var waiting = Callers()
  /// Callers that wait for what is being written.
  private var underway = Callers()
  private var isWriting = false
  private var isFlushDue = false
  /// The last write failed. What was to be written is still pending.
  private(set) var isFailing = false
  /// Set when the file's state is not known any more, or it is another one's by now: nothing is acknowledged then.
  private var isBroken = false

  private var compaction: LogCompaction?
  /// How long the log may become before it is written anew.
  private var sizeLimit: Int
  private let slack: Int

  init(folder: String, lockFile: LogFile, file: LogFile, size: Int, live: Int, slack: Int, eventLoop: any EventLoop) {
    self.folder = folder
    self.lockFile = lockFile
    self.file = file
    self.size = size
    self.slack = slack
    self.eventLoop = eventLoop
    sizeLimit = 2 * live + slack
  }

  // MARK: Writing

  /// Appends a change; it is on its way to the disk from here on.
  func append(_ record: QueueRecord) {
    guard !isBroken else { return }
    pending.append(record)
    compaction?.pending.append(record)
    flushSoon()
  }

  /// Calls back once everything appended so far is as durable as that, or could not be written.
  func when(_ durability: Durability, _ body: @escaping (SQSError?) -> Void) {
    if isBroken { return body(Self.notWritten) }
    if pending.isEmpty, !isWriting { return body(nil) }
    switch durability {
    case .written: waiting.written.append(body)
    case .synced: waiting.synced.append(body)
    }
    flushSoon()
  }

  /// Writes what is pending, with what else this turn of the event loop appends.
  private func flushSoon() {
    guard !isFlushDue, !isWriting else { return }
    isFlushDue = true
    let storage = NIOLoopBound(self, eventLoop: eventLoop)
    eventLoop.execute { storage.value.flush() }
  }

  private func flush() {
    isFlushDue = false
    guard !isWriting, !isBroken else { return }
    guard !pending.isEmpty || !waiting.isEmpty || compaction?.hasWork == true else { return }
    let (file, offset, batch) = (file, size, pending)
    let (needsSync, answersBefore) = (!waiting.synced.isEmpty, !waiting.written.isEmpty)
    pending = LogBatch()
    underway = waiting
    waiting = Callers()
    isWriting = true
    let copy = compaction?.next()
    let (storage, eventLoop) = (NIOLoopBound(self, eventLoop: eventLoop), eventLoop)
    run {
      try batch.write(to: file, at: offset)
      if needsSync {
        if answersBefore { eventLoop.execute { storage.value.completeWritten() } }
        try file.sync()
      }
      // The copy can wait: should it fail, the log is as good as it was.
      return copy.map { copy in Result { () throws(QueueStorageError) in try copy.write() } }
    } then: { storage, result in
      storage.wrote(batch, result)
    }
  }

  private func wrote(_ batch: LogBatch, _ result: Result<Result<Void, QueueStorageError>?, any Error>) {
    isWriting = false
    switch result {
    case .success(let copied):
      isFailing = false
      size += batch.count
      complete(nil)
      compacted(copied)
      if !pending.isEmpty || !waiting.isEmpty || compaction?.hasWork == true { flush() }
    case .failure:
      // The changes are made in memory, and written before anything new is done. Their callers do not know either way.
      isFailing = true
      var unwritten = batch
      unwritten.append(contentsOf: pending)
      pending = unwritten
      abandonCompaction()
      do throws(QueueStorageError) {
        try file.truncate(to: size)
      } catch {
        isBroken = true
      }
      complete(Self.notWritten)
      if !waiting.isEmpty { flush() }
    }
  }

  /// Who waits for a write, by what has to become of it.
  private struct Callers {
    var written: [(SQSError?) -> Void] = []
    var synced: [(SQSError?) -> Void] = []

    var isEmpty: Bool { written.isEmpty && synced.isEmpty }
  }

  /// What is being written is with the operating system by now.
  private func completeWritten() {
    let callers = underway.written
    underway.written = []
    for caller in callers { caller(nil) }
  }

  private func complete(_ error: SQSError?) {
    let callers = underway
    underway = Callers()
    for caller in callers.written + callers.synced { caller(error) }
  }

  private static let notWritten = SQSError(
    .internalFailure, "The queues cannot be written to the disk; the request may or may not have been done.")

  /// Does something on a thread that may block, and goes on on the event loop.
  private func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value,
    then body: @escaping (QueueStorage, Result<Value, any Error>) -> Void
  ) {
    let context = NIOLoopBound((storage: self, body: body), eventLoop: eventLoop)
    NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop, work).whenComplete { result in
      context.value.body(context.value.storage, result)
    }
  }

  /// Writes the rest.
  func close() async {
    await withCheckedContinuation { continuation in
      when(.synced) { _ in continuation.resume() }
    }
    abandonCompaction()
    isBroken = true
    lockFile.unlock()
  }

  // MARK: Writing the log anew

  /// Whether most of the log is history.
  var isTooLong: Bool { size > sizeLimit && compaction == nil && !isFailing }

  /// Begins to write the log anew, while it goes on.
  func compact(_ snapshot: QueueSnapshot) {
    do throws(QueueStorageError) {
      compaction = try LogCompaction(of: path, snapshot: snapshot)
    } catch {
      // There is no room; the log goes on as it is, and the next try is made when it is longer.
      sizeLimit = size + slack
    }
  }

  private func compacted(_ copied: Result<Void, QueueStorageError>?) {
    guard let compaction, let copied else { return }
    guard case .success = copied else { return abandonCompaction() }
    guard compaction.isComplete else { return }
    let folder = folder
    let (file, path) = (compaction.file, path)
    isWriting = true
    run {
      try file.replace(path, in: folder)
    } then: { storage, result in
      storage.replaced(result, compaction)
    }
  }

  /// The next try is made when the log is longer.
  private func abandonCompaction() {
    guard let compaction else { return }
    compaction.abandon()
    self.compaction = nil
    sizeLimit = size + slack
  }

  private func replaced(_ result: Result<Void, any Error>, _ compaction: LogCompaction) {
    isWriting = false
    switch result {
    case .success:
      self.compaction = nil
      file = compaction.file
      size = compaction.size
      // What was appended in the meantime is not in the new log yet, and the same in both.
      pending = compaction.pending
      sizeLimit = 2 * size + slack
    case .failure: abandonCompaction()
    }
    if !pending.isEmpty || !waiting.isEmpty { flush() }
  }
}
