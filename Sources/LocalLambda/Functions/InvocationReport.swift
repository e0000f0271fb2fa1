import NIOCore
import SystemPackage

/// The last 4 KB of an invocation's log, with Lambda's own lines around the function's.
struct LogTail: Sendable {
  private static let limit = 4096
  private var bytes: [UInt8] = []

  mutating func append(_ line: String) {
    bytes.append(contentsOf: line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count > 4 * Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
  }

  /// The tail, opened by START, and closed by what Lambda says of the end, END and REPORT.
  mutating func finish(_ report: InvocationReport, timeout: Duration) -> ByteBuffer {
    bytes.insert(contentsOf: "START RequestId: \(report.requestID) Version: $LATEST\n".utf8, at: 0)
    switch report.ending {
    case nil, .initError: break
    case .timeout: append("\(report.requestID) Task timed out after \(FunctionError.seconds(timeout)) seconds")
    case .failure(let type, let reason):
      append("RequestId: \(report.requestID) Error: \(reason)")
      append(type)
    }
    append("END RequestId: \(report.requestID)")
    append(report.line)
    return ByteBuffer(bytes: bytes.suffix(Self.limit))
  }
}

/// What Lambda reports of an invocation.
struct InvocationReport: Sendable {
  /// How an invocation ended that its runtime did not end.
  enum Ending: Sendable, Hashable {
    case timeout
    /// Its process is gone, say: `Runtime.ExitError`, `Runtime exited with error: exit status 1`.
    case failure(type: String, reason: String)
    /// Its runtime reported that it cannot start, and said itself why.
    case initError(type: String)
  }

  var requestID: String
  var duration: TimeAmount
  var initDuration: TimeAmount?
  var memorySizeMB: Int
  var maximumMemoryUsedMB: Int
  /// Nil: the runtime answered.
  var ending: Ending?

  /// What is billed: the init that the invocation waited for, too.
  var billedMilliseconds: Int64 {
    (duration.nanoseconds + (initDuration?.nanoseconds ?? 0) + 999_999) / 1_000_000
  }

  /// The REPORT line.
  var line: String {
    var line =
      "REPORT RequestId: \(requestID)\tDuration: \(Self.milliseconds(duration)) ms\t"
      + "Billed Duration: \(billedMilliseconds) ms\t"
      + "Memory Size: \(memorySizeMB) MB\tMax Memory Used: \(maximumMemoryUsedMB) MB\t"
    if let initDuration { line += "Init Duration: \(Self.milliseconds(initDuration)) ms\t" }
    switch ending {
    case nil: break
    case .timeout: line += "Status: timeout\t"
    case .failure(let type, _), .initError(let type): line += "Status: error\tError Type: \(type)\t"
    }
    return line
  }

  private static func milliseconds(_ time: TimeAmount) -> String {
    let hundredths = time.nanoseconds / 10_000
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  /// The most memory that a process and those that it started held, by the kernel's account; 0 where there is none.
  static func peakMemoryMB(of process: Int32) -> Int {
    (peakMemoryKB(of: process) + 1023) / 1024
  }

  private static func peakMemoryKB(of process: Int32) -> Int {
    let lines = read("/proc/\(process)/status").split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
    let own = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).compactMap { Int($0) }.first ?? 0
    // A script that starts the runtime waits for it in its first thread, and has no other.
    let children = read("/proc/\(process)/task/\(process)/children").split(separator: " ").compactMap { Int32($0) }
    return children.reduce(own) { $0 + peakMemoryKB(of: $1) }
  }

  /// The beginning of one of the kernel's files; nothing where there is none.
  private static func read(_ path: String) -> String {
    guard let file = try? SystemPackage.FileDescriptor.open(FilePath(path), .readOnly) else { return "" }
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = (try? bytes.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
