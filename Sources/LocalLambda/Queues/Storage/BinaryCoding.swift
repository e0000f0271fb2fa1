/// Appends values to bytes; numbers are little-endian, texts and lists have their count before them.
struct BinaryWriter {
  private(set) var bytes: [UInt8] = []

  mutating func number<Number: FixedWidthInteger>(_ value: Number) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  mutating func data(_ value: some Collection<UInt8>) {
    number(UInt32(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func text(_ value: String) { data(value.utf8) }

  /// A value that may be missing.
  mutating func optional<Value>(_ value: Value?, _ write: (inout BinaryWriter, Value) -> Void) {
    number(UInt8(value == nil ? 0 : 1))
    if let value { write(&self, value) }
  }

  mutating func map<Value>(_ map: [String: Value], _ write: (inout BinaryWriter, Value) -> Void) {
    number(UInt32(map.count))
    for (name, value) in map {
      text(name)
      write(&self, value)
    }
  }
}

/// Reads what a ``BinaryWriter`` wrote.
struct BinaryReader {
  /// The bytes end too early, or hold what cannot be.
  struct Failure: Error {}

  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(Failure) -> Number {
    let size = MemoryLayout<Number>.size
    guard bytes.count - offset >= size else { throw Failure() }
    defer { offset += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  private mutating func part() throws(Failure) -> UnsafeRawBufferPointer {
    let count = Int(try number(UInt32.self))
    guard bytes.count - offset >= count else { throw Failure() }
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
  }

  mutating func data() throws(Failure) -> [UInt8] { [UInt8](try part()) }

  mutating func text() throws(Failure) -> String { String(decoding: try part(), as: UTF8.self) }

  mutating func optional<Value>(
    _ read: (inout BinaryReader) throws(Failure) -> Value
  ) throws(Failure) -> Value? {
    switch try number(UInt8.self) {
    case 0: nil
    case 1: try read(&self)
    default: throw Failure()
    }
  }

  mutating func map<Value>(
    _ read: (inout BinaryReader) throws(Failure) -> Value
  ) throws(Failure) -> [String: Value] {
    var map: [String: Value] = [:]
    for _ in 0..<(try number(UInt32.self)) {
      let name = try text()
      map[name] = try read(&self)
    }
    return map
  }
}
