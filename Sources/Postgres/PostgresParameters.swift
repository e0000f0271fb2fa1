/// A value that can be a statement's parameter.
///
/// The server infers a parameter's type from its place in the statement; write a cast (`$1::interval`) where it cannot.
public protocol PostgresEncodable: Sendable {
  /// Appends this value as the next parameter.
  func encode(into parameters: inout PostgresParameters) throws(PostgresError)
}

/// The parameters of one statement, encoded into one buffer in the order of `$1`, `$2`….
public struct PostgresParameters: Sendable {
  /// The values' texts, each ended by a zero byte.
  private var bytes: [UInt8] = []
  /// Where each value's text begins; nil is NULL.
  private var offsets: [Int?] = []

  /// No parameters.
  public init() {}

  var count: Int { offsets.count }

  /// Appends a NULL.
  public mutating func appendNull() {
    offsets.append(nil)
  }

  /// Appends a value in its text form. PostgreSQL has no way to store U+0000, so text with it is refused here, where
  /// libpq would cut it off.
  public mutating func append(text: some StringProtocol) throws(PostgresError) {
    let offset = bytes.count
    bytes.append(contentsOf: text.utf8)
    guard !bytes[offset...].contains(0) else {
      throw PostgresError(
        .encoding, "parameter $\(offsets.count + 1) has the character U+0000, which PostgreSQL cannot store")
    }
    offsets.append(offset)
    bytes.append(0)
  }

  /// Calls `body` with the values as libpq wants them: an array of C strings, in which NULL is a null pointer.
  func withPointers<R>(_ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
    bytes.withUnsafeBytes { buffer in
      let values = offsets.map { offset in
        offset.flatMap { buffer.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
      }
      return body(values)
    }
  }
}

extension String: PostgresEncodable {
  /// Encodes as text.
  public func encode(into parameters: inout PostgresParameters) throws(PostgresError) {
    try parameters.append(text: self)
  }
}

extension Bool: PostgresEncodable {
  /// Encodes as `t` or `f`.
  public func encode(into parameters: inout PostgresParameters) throws(PostgresError) {
    try parameters.append(text: self ? "t" : "f")
  }
}

extension FixedWidthInteger where Self: PostgresEncodable {
  /// Encodes in decimal digits.
  public func encode(into parameters: inout PostgresParameters) throws(PostgresError) {
    try parameters.append(text: String(self))
  }
}

extension Int: PostgresEncodable {}
extension Int32: PostgresEncodable {}
extension Int64: PostgresEncodable {}

extension Double: PostgresEncodable {
  /// Encodes with the digits that give the same value back.
  public func encode(into parameters: inout PostgresParameters) throws(PostgresError) {
    try parameters.append(text: description)
  }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  /// Encodes the value, or NULL.
  public func encode(into parameters: inout PostgresParameters) throws(PostgresError) {
    if let self { try self.encode(into: &parameters) } else { parameters.appendNull() }
  }
}
