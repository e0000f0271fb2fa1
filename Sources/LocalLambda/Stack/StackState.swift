internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The folder of a stack's databases and queues, for one stack at a time.
struct StackState: Sendable {
  /// The folder's absolute path.
  let directory: String
  private let lock: Int32

  init(directory path: String) throws(StackError) {
    directory = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw StackError(.unavailable, "the folder \(directory) cannot be made: \(error). Choose another one.")
    }
    lock = open(directory + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw StackError(.unavailable, "\(directory) cannot be written to. Choose another folder.")
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      let owner = FileManager.default.contents(atPath: directory + "/lock").map { String(decoding: $0, as: UTF8.self) }
      close(lock)
      throw StackError(
        .unavailable,
        "\(directory) is in use by another lambda-local\(owner.map { ", process \($0.trimmed)" } ?? ""). "
          + "Stop that one, or choose another folder.")
    }
    let process = Array("\(getpid())\n".utf8)
    _ = ftruncate(lock, 0)
    _ = process.withUnsafeBytes { pwrite(lock, $0.baseAddress, $0.count, 0) }
  }

  /// Lets the next stack have the folder, even while a child that is just being started still has the descriptor.
  func release() {
    _ = flock(lock, LOCK_UN)
    close(lock)
  }
}
