import FoundationEssentials
import NIOCore

extension QueueStorage {
  /// What opening a folder found.
  struct Opened {
    let storage: QueueStorage
    let queues: [Queue]
    let moveTasks: [MoveTask]
    /// What people should know, if anything.
    let note: String?
  }

  /// A log may always be so much longer than twice what the queues hold.
  static let slack = 32 << 20

  /// Opens a folder: replays its log, and cuts off what a crash left unfinished at its end.
  static func open(folder: String, slack: Int, eventLoop: any EventLoop) throws(QueueStorageError) -> Opened {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw QueueStorageError(path: folder, reason: "the folder cannot be made: \(error)")
    }
    LogFile.ignoreSizeLimitSignals()
    let lockFile = try LogFile(path: folder + "/queues.lock")
    try lockFile.lock()
    let path = folder + "/queues.log"
    LogFile.remove(path + ".new")
    let isNew = !FileManager.default.fileExists(atPath: path)
    let file = try LogFile(path: path)
    var replay = QueueReplay()
    var (end, note) = try file.read { bytes throws(QueueStorageError) in try scan(bytes, path, into: &replay) }
    let queues: [Queue]
    do {
      queues = try replay.result()
    } catch {
      throw QueueStorageError(path: path, reason: "a queue in it is not valid: \(error.message)")
    }
    if note != nil { try file.truncate(to: end) }
    if end == 0 {
      if !isNew {
        note = "\(path): ended within its first line, and so held no queues; if there were some, restore it from a copy"
      }
      end = LogFrame.fileHeader.count
      try file.write(LogFrame.fileHeader, at: 0)
      try file.sync()
      try LogFile.syncFolder(folder)
    }
    let storage = QueueStorage(
      folder: folder, lockFile: lockFile, file: file, size: end, live: queues.reduce(0) { $0 + $1.logBytes },
      slack: slack, eventLoop: eventLoop)
    return Opened(storage: storage, queues: queues, moveTasks: replay.moveTasks, note: note)
  }

  /// Reads all records.
  ///
  /// - Returns: where the last whole frame ends, 0 where not even the file's header does, and what is wrong with the
  ///   rest, if there is one.
  private static func scan(
    _ bytes: UnsafeRawBufferPointer, _ path: String, into replay: inout QueueReplay
  ) throws(QueueStorageError) -> (end: Int, note: String?) {
    let header = LogFrame.fileHeader
    if bytes.count < header.count, bytes.elementsEqual(header.prefix(bytes.count)) { return (0, nil) }
    guard bytes.starts(with: header) else {
      throw QueueStorageError(
        path: path, reason: "this is no log of queues of this version; move it away to begin with none")
    }
    var offset = header.count
    while offset < bytes.count {
      switch LogFrame.content(of: bytes, at: offset) {
      case .records(let records):
        var reader = BinaryReader(records)
        while !reader.isAtEnd {
          guard let record = try? QueueRecord(from: &reader) else {
            throw QueueStorageError(
              path: path, reason: "the records at byte \(offset) are of a newer version; use that version")
          }
          replay.apply(record)
        }
        offset += LogFrame.headerBytes + records.count
      case .unfinished:
        let torn = bytes.count - offset
        return (offset, "\(path): cut off \(torn) bytes of an unfinished write, which nobody was told was done")
      case .damage:
        throw QueueStorageError(
          path: path,
          reason: "damaged at byte \(offset) of \(bytes.count); restore it from a copy, or move it away to begin with "
            + "no queues")
      }
    }
    return (offset, nil)
  }
}
