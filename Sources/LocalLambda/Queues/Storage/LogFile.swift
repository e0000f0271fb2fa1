#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that is only ever appended to.
///
/// What is not yet known to be safe on disk is cut off again when a write fails, so that the file always ends with a
/// whole record.
final class LogFile: Sendable {
  let path: String
  private let descriptor: Int32

  /// A file that may not grow any more is an error like others, and no end of the process.
  static func ignoreSizeLimitSignals() { _ = signal(SIGXFSZ, SIG_IGN) }

  /// Opens a file, or makes an empty one.
  init(path: String, truncate: Bool = false) throws(QueueStorageError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | (truncate ? O_TRUNC : 0), 0o600)
    guard descriptor >= 0 else { throw Self.failure(path, "cannot be opened") }
  }

  deinit {
    // Not by closing alone: a process that is being started this moment has a copy of the descriptor until it executes.
    unlock()
    close(descriptor)
  }

  /// Takes the lock that one process at a time may have.
  func lock() throws(QueueStorageError) {
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw QueueStorageError(
        path: path, reason: "another process uses these queues; stop it, or use another folder")
    }
  }

  /// Gives the lock back, even while somebody still has the file.
  func unlock() { _ = flock(descriptor, LOCK_UN) }

  /// Writes bytes at an offset.
  func write(_ bytes: [UInt8], at offset: Int) throws(QueueStorageError) {
    let isWritten = bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = pwrite(
          descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
        if count > 0 { done += count } else if errno != EINTR { return false }
      }
      return true
    }
    guard isWritten else { throw Self.failure(path, "cannot be written") }
  }

  /// Sees to it that what was written is on the disk.
  func sync() throws(QueueStorageError) {
    #if canImport(Darwin)
      let isSynced = fcntl(descriptor, F_FULLFSYNC) == 0
    #else
      let isSynced = fdatasync(descriptor) == 0
    #endif
    guard isSynced else { throw Self.failure(path, "cannot be written to the disk") }
  }

  /// Cuts the file.
  func truncate(to size: Int) throws(QueueStorageError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw Self.failure(path, "cannot be cut") }
  }

  /// Reads the whole file, mapped into memory.
  func read<R>(_ body: (UnsafeRawBufferPointer) throws(QueueStorageError) -> R) throws(QueueStorageError) -> R {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(path, "cannot be read") }
    guard status.st_size > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let size = Int(status.st_size)
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw Self.failure(path, "cannot be read")
    }
    defer { munmap(start, size) }
    return try body(UnsafeRawBufferPointer(start: start, count: size))
  }

  /// Sees to it that the whole file is on the disk, and gives it another file's name, in place of that one.
  func replace(_ other: String, in folder: String) throws(QueueStorageError) {
    try sync()
    #if canImport(Glibc)
      let result = Glibc.rename(path, other)
    #else
      let result = Darwin.rename(path, other)
    #endif
    guard result == 0 else { throw Self.failure(path, "cannot be renamed") }
    try Self.syncFolder(folder)
  }

  /// Removes a file, if it is there.
  static func remove(_ path: String) { unlink(path) }

  /// Sees to it that the names of a folder's files are on the disk.
  static func syncFolder(_ folder: String) throws(QueueStorageError) {
    let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(folder, "cannot be opened") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(folder, "cannot be written to the disk") }
  }

  private static func failure(_ path: String, _ what: String) -> QueueStorageError {
    QueueStorageError(path: path, reason: "\(what): \(String(cString: strerror(errno)))")
  }
}
