#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A folder for the time of a test.
struct TemporaryFolder: Sendable {
  let path: String

  static func with<Result>(_ body: (TemporaryFolder) async throws -> Result) async throws -> Result {
    var template = Array("/tmp/lambda-local-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw CancellationError() }
    let folder = TemporaryFolder(path: String(cString: made))
    defer { folder.remove() }
    return try await body(folder)
  }

  /// Writes a file, with these permissions.
  func write(_ text: String, to name: String, mode: mode_t = 0o644) {
    guard let file = fopen("\(path)/\(name)", "w") else { return }
    fputs(text, file)
    fclose(file)
    chmod("\(path)/\(name)", mode)
  }

  /// A file's text; empty when there is none.
  func read(_ name: String) -> String {
    guard let file = fopen("\(path)/\(name)", "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&part, 1, part.count, file), count > 0 { bytes += part.prefix(count) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A file's lines, once there are as many as that.
  func lines(_ name: String, atLeast count: Int) async throws -> [String] {
    while true {
      let lines = read(name).split(separator: "\n").map(String.init)
      if lines.count >= count { return lines }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  private func remove() {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        unlink("\(path)/\(name)")
      }
      closedir(directory)
    }
    rmdir(path)
  }
}
