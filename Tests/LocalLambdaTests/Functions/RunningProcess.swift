#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A process that a test has no other hold on than its number.
enum RunningProcess {
  /// Whether it runs: who has ended is still there until somebody has asked for its exit status.
  static func isThere(_ process: Int32) -> Bool {
    guard kill(process, 0) == 0 else { return false }
    return status(of: process).map { !$0.contains("State:\tZ") } ?? false
  }

  /// What the kernel says about a process.
  private static func status(of process: Int32) -> String? {
    guard let file = fopen("/proc/\(process)/status", "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
