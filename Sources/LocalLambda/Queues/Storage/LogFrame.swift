/// How changes lie in the log: frames, each of which was written in one go, with one or more records in it.
///
/// A frame is a header of 24 bytes (a mark, the length of the records, their checksum, and a checksum of all that with
/// the frame's place in the file), then the records. So a frame that is whole can be told from one that is not, and a
/// log that was cut short from one that was changed:
///
/// - What a crash leaves behind is the beginning of a frame (or, when the disk lost power, zeros in its place): nobody
///   was told that it was written, and it is cut off.
/// - Anything else has been damaged by somebody, and is never guessed over.
enum LogFrame {
  /// Begins a log file: what it is, and its version.
  static let fileHeader = Array("LAMBDA-LOCAL QUEUES 2\n".utf8)
  static let headerBytes = 24
  private static let mark: UInt32 = 0x51_4C_4F_47

  /// The header of a frame with these records, for its place in the file.
  static func header(of records: [UInt8], at offset: Int) -> [UInt8] {
    header(length: UInt32(records.count), checksum: MD5Digest(of: records).high, at: offset)
  }

  private static func header(length: UInt32, checksum: UInt64, at offset: Int) -> [UInt8] {
    var header = BinaryWriter()
    header.number(mark)
    header.number(length)
    header.number(checksum)
    header.number(UInt64(offset))
    let own = MD5Digest(of: header.bytes).high
    var sealed = BinaryWriter()
    sealed.number(mark)
    sealed.number(length)
    sealed.number(checksum)
    sealed.number(own)
    return sealed.bytes
  }

  /// What is in a log at some offset.
  enum Content {
    /// The records of a whole frame.
    case records(UnsafeRawBufferPointer)
    /// The beginning of a frame, and nothing behind it.
    case unfinished
    /// Something that was never written there.
    case damage
  }

  /// Looks at the bytes from an offset on; there is at least one.
  static func content(of log: UnsafeRawBufferPointer, at offset: Int) -> Content {
    let rest = UnsafeRawBufferPointer(rebasing: log[offset...])
    guard rest.count >= headerBytes else {
      var begin = BinaryWriter()
      begin.number(mark)
      let isBeginning = zip(rest, begin.bytes).allSatisfy { $0 == $1 }
      return isBeginning || isZero(rest) ? .unfinished : .damage
    }
    var reader = BinaryReader(rest)
    guard (try? reader.number(UInt32.self)) == mark, let length = try? reader.number(UInt32.self),
      let checksum = try? reader.number(UInt64.self),
      rest.starts(with: header(length: length, checksum: checksum, at: offset))
    else { return isZero(rest) ? .unfinished : .damage }
    guard rest.count - headerBytes >= length else { return .unfinished }
    let records = UnsafeRawBufferPointer(rebasing: rest[headerBytes..<headerBytes + Int(length)])
    guard MD5Digest(of: records).high == checksum else {
      // A disk that lost power may have the file's new length, and not yet what is in it.
      let isLast = rest.count == headerBytes + Int(length)
      return isLast && isZero(records.suffix(512)) ? .unfinished : .damage
    }
    return .records(records)
  }

  private static func isZero(_ bytes: some Sequence<UInt8>) -> Bool { bytes.allSatisfy { $0 == 0 } }
}
