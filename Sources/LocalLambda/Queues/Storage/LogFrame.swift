/// How one record lies in the log: a mark, the length and a checksum of its bytes, then the bytes.
enum LogFrame {
  /// Begins a log file: what it is, and its version.
  static let fileHeader = Array("LAMBDA-LOCAL QUEUES 1\n".utf8)
  private static let mark: UInt32 = 0x51_4C_4F_47
  private static let headerBytes = 16
  /// No record is longer: a message is 1 MiB at most, a queue's description far less.
  private static let maximumBytes = 4 << 20

  /// Appends a framed record.
  static func append(_ record: QueueRecord, to log: inout [UInt8]) {
    var payload = BinaryWriter()
    record.write(to: &payload)
    var header = BinaryWriter()
    header.number(mark)
    header.number(UInt32(payload.bytes.count))
    header.number(MD5Digest(of: payload.bytes).high)
    log.append(contentsOf: header.bytes)
    log.append(contentsOf: payload.bytes)
  }

  /// The record's bytes at an offset; nil when no whole and undamaged record is there.
  static func payload(in log: UnsafeRawBufferPointer, at offset: Int) -> UnsafeRawBufferPointer? {
    var header = BinaryReader(UnsafeRawBufferPointer(rebasing: log[offset...]))
    guard let found = try? header.number(UInt32.self), found == mark,
      let length = try? header.number(UInt32.self), let checksum = try? header.number(UInt64.self),
      length <= maximumBytes, log.count - offset - headerBytes >= length
    else { return nil }
    let start = offset + headerBytes
    let payload = UnsafeRawBufferPointer(rebasing: log[start..<start + Int(length)])
    return MD5Digest(of: payload).high == checksum ? payload : nil
  }

  /// Where the record behind this payload begins.
  static func next(after payload: UnsafeRawBufferPointer, at offset: Int) -> Int {
    offset + headerBytes + payload.count
  }

  /// Whether an undamaged record begins anywhere behind an offset.
  static func hasRecord(in log: UnsafeRawBufferPointer, after offset: Int) -> Bool {
    guard offset + 1 < log.count else { return false }
    let first = UInt8(truncatingIfNeeded: mark)
    return (offset + 1..<log.count).contains { log[$0] == first && payload(in: log, at: $0) != nil }
  }
}
