/// Records on their way into one frame.
struct LogBatch {
  private var writer = BinaryWriter()

  var isEmpty: Bool { writer.bytes.isEmpty }
  /// The bytes of the frame, header and all.
  var count: Int { isEmpty ? 0 : LogFrame.headerBytes + writer.bytes.count }

  mutating func append(_ record: QueueRecord) { record.write(to: &writer) }

  mutating func append(contentsOf other: LogBatch) { writer.append(other.writer.bytes) }

  /// Writes the frame to its place in a file.
  func write(to file: LogFile, at offset: Int) throws(QueueStorageError) {
    guard !isEmpty else { return }
    try file.write(LogFrame.header(of: writer.bytes, at: offset), at: offset)
    try file.write(writer.bytes, at: offset + LogFrame.headerBytes)
  }
}
