import NIOCore
import SystemPackage

/// The last 4 KB of an invocation's log, with Lambda's own lines around the function's.
struct LogTail: Sendable {
  private static let limit = 4096
  private var bytes: [UInt8]

  init(requestID: String) {
    bytes = Array("START RequestId: \(requestID) Version: $LATEST\n".utf8)
  }

  mutating func append(_ line: String) {
    bytes.append(contentsOf: line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count > 4 * Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
  }

  /// The tail, closed by END and REPORT.
  mutating func finish(_ report: InvocationReport) -> ByteBuffer {
    append("END RequestId: \(report.requestID)")
    append(report.line)
    return ByteBuffer(bytes: bytes.suffix(Self.limit))
  }
}

/// What Lambda reports of an invocation.
struct InvocationReport: Sendable {
  var requestID: String
  var duration: TimeAmount
  var initDuration: TimeAmount?
  var memorySizeMB: Int
  var maximumMemoryUsedMB: Int
  var timedOut = false

  /// The REPORT line.
  var line: String {
    let whole = (duration.nanoseconds + (initDuration?.nanoseconds ?? 0) + 999_999) / 1_000_000
    var line =
      "REPORT RequestId: \(requestID)\tDuration: \(Self.milliseconds(duration)) ms\tBilled Duration: \(whole) ms\t"
      + "Memory Size: \(memorySizeMB) MB\tMax Memory Used: \(maximumMemoryUsedMB) MB\t"
    if let initDuration { line += "Init Duration: \(Self.milliseconds(initDuration)) ms\t" }
    if timedOut { line += "Status: timeout\t" }
    return line
  }

  private static func milliseconds(_ time: TimeAmount) -> String {
    let hundredths = time.nanoseconds / 10_000
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }

  /// The most memory that a process held at once, by the kernel's account; 0 where there is none.
  static func peakMemoryMB(of process: Int32) -> Int {
    guard let file = try? SystemPackage.FileDescriptor.open("/proc/\(process)/status", .readOnly) else { return 0 }
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = (try? bytes.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
    let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
    let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).compactMap { Int($0) }.first ?? 0
    return (kilobytes + 1023) / 1024
  }
}
