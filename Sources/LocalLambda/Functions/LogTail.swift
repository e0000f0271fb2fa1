/// The end of a function's log, as `X-Amz-Log-Type: Tail` returns it: the last 4 KB.
struct LogTail: Sendable {
  private(set) var bytes: [UInt8] = []
  private static let limit = 4096

  mutating func append(_ line: String) {
    bytes.append(contentsOf: line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    if bytes.count > Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
  }
}
