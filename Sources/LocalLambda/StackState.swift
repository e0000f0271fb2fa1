internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The folder of a stack's databases and queues, for one stack at a time.
struct StackState: Sendable {
  /// The folder.
  let directory: String
  private let isTemporary: Bool
  private let lock: Int32

  init(_ state: StackConfiguration.State) throws(StackError) {
    switch state {
    case .directory(let path):
      directory = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
      isTemporary = false
    case .temporary:
      // Short, because a Unix socket's path may have about a hundred bytes.
      directory = "/tmp/lambda-local-\(RandomID.uuid().prefix(8))"
      isTemporary = true
    }
    do {
      // Others may pass through, not look in: PostgreSQL may run as another user when this one is root.
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw StackError(
        .unavailable, "the folder \(directory) cannot be made: \(error). Choose another one with --state.")
    }
    lock = open(directory + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw StackError(.unavailable, "\(directory) cannot be written to. Choose another folder with --state.")
    }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      let owner = FileManager.default.contents(atPath: directory + "/lock").map { String(decoding: $0, as: UTF8.self) }
      close(lock)
      throw StackError(
        .unavailable,
        "\(directory) is in use by another lambda-local\(owner.map { ", process \($0.trimmed)" } ?? ""). "
          + "Stop that one, or choose another folder with --state, or take --ephemeral.")
    }
    let process = Array("\(getpid())\n".utf8)
    _ = ftruncate(lock, 0)
    _ = process.withUnsafeBytes { pwrite(lock, $0.baseAddress, $0.count, 0) }
  }

  /// Lets the next stack have the folder; a temporary one is removed.
  func release() {
    if isTemporary { try? FileManager.default.removeItem(atPath: directory) }
    // Not by closing alone: a process that is being started this moment has a copy of the descriptor until it executes.
    _ = flock(lock, LOCK_UN)
    close(lock)
  }
}
