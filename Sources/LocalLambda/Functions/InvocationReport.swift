import NIOCore
import SystemPackage

/// The lines that end an invocation's log: what it took.
struct InvocationReport {
  let requestID: String
  let duration: TimeAmount
  /// Told for the first event of an environment only.
  let initDuration: TimeAmount?
  let memorySizeMB: Int
  let pid: Int32?

  /// The log's end with the END and REPORT lines.
  func end(of tail: LogTail) -> [UInt8] {
    var tail = tail
    tail.append("END RequestId: \(requestID)")
    var fields = [
      "REPORT RequestId: \(requestID)",
      "Duration: \(milliseconds(duration)) ms",
      "Billed Duration: \((duration.nanoseconds + 999_999) / 1_000_000) ms",
      "Memory Size: \(memorySizeMB) MB",
      "Max Memory Used: \(peakMemoryMB) MB",
    ]
    if let initDuration { fields.append("Init Duration: \(milliseconds(initDuration)) ms") }
    tail.append(fields.joined(separator: "\t") + "\t")
    return tail.bytes
  }

  private func milliseconds(_ amount: TimeAmount) -> String {
    let hundredths = amount.nanoseconds / 10_000
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// The most memory that the process held at once, by the kernel's account; 0 where there is none.
  private var peakMemoryMB: Int {
    guard let pid, let file = try? SystemPackage.FileDescriptor.open("/proc/\(pid)/status", .readOnly) else { return 0 }
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = (try? bytes.withUnsafeMutableBytes { try file.read(into: $0) }) ?? 0
    let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
    let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).compactMap { Int($0) }.first ?? 0
    return (kilobytes + 1023) / 1024
  }
}
