/// A value that can be read from a column.
public protocol PostgresDecodable: Sendable {
  /// Makes the value from the text that PostgreSQL writes for it, nil for NULL.
  ///
  /// The buffer is valid only during the call.
  init(postgresText text: UnsafeBufferPointer<UInt8>?) throws(PostgresMismatch)
}

/// What a column holds is no value of the type that was asked for.
public struct PostgresMismatch: Error {
  /// A mismatch.
  public init() {}
}

extension UnsafeBufferPointer<UInt8>? {
  /// The text of a type that NULL is no value of.
  var notNull: UnsafeBufferPointer<UInt8> {
    get throws(PostgresMismatch) {
      guard let self else { throw PostgresMismatch() }
      return self
    }
  }
}

extension String: PostgresDecodable {
  /// Reads text of any type.
  public init(postgresText text: UnsafeBufferPointer<UInt8>?) throws(PostgresMismatch) {
    guard let string = String(validating: try text.notNull, as: UTF8.self) else { throw PostgresMismatch() }
    self = string
  }
}

extension Bool: PostgresDecodable {
  /// Reads `t` or `f`.
  public init(postgresText text: UnsafeBufferPointer<UInt8>?) throws(PostgresMismatch) {
    let text = try text.notNull
    switch text.count == 1 ? text[0] : 0 {
    case UInt8(ascii: "t"): self = true
    case UInt8(ascii: "f"): self = false
    default: throw PostgresMismatch()
    }
  }
}

extension FixedWidthInteger where Self: PostgresDecodable {
  /// Reads decimal digits, where the value fits.
  public init(postgresText text: UnsafeBufferPointer<UInt8>?) throws(PostgresMismatch) {
    var digits = try text.notNull[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits.removeFirst() }
    guard !digits.isEmpty else { throw PostgresMismatch() }
    var value: Self = 0
    for byte in digits {
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { throw PostgresMismatch() }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) =
        isNegative
        ? product.subtractingReportingOverflow(Self(digit)) : product.addingReportingOverflow(Self(digit))
      guard !overflow, !carry else { throw PostgresMismatch() }
      value = sum
    }
    self = value
  }
}

extension Int: PostgresDecodable {}
extension Int32: PostgresDecodable {}
extension Int64: PostgresDecodable {}

extension Double: PostgresDecodable {
  /// Reads a number, `NaN` or `Infinity`.
  public init(postgresText text: UnsafeBufferPointer<UInt8>?) throws(PostgresMismatch) {
    guard let value = Double(try String(postgresText: text)) else { throw PostgresMismatch() }
    self = value
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  /// Reads a value, or NULL as nil.
  public init(postgresText text: UnsafeBufferPointer<UInt8>?) throws(PostgresMismatch) {
    self = text == nil ? nil : try Wrapped(postgresText: text)
  }
}
