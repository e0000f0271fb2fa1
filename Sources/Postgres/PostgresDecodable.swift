/// A value that can be read from a column.
public protocol PostgresDecodable: Sendable {
  /// Makes the value from the text PostgreSQL writes for it, or answers nil where that is not such a value.
  ///
  /// The buffer is valid only during the call.
  init?(postgresText text: UnsafeBufferPointer<UInt8>)

  /// What NULL stands for; nil (an error) for all but optionals.
  static var postgresNull: Self? { get }
}

extension PostgresDecodable {
  /// NULL is no value of this type.
  public static var postgresNull: Self? { nil }
}

extension String: PostgresDecodable {
  /// Reads text of any type.
  public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
    self.init(validating: text, as: UTF8.self)
  }
}

extension Bool: PostgresDecodable {
  /// Reads `t` or `f`.
  public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
    guard text.count == 1 else { return nil }
    switch text[0] {
    case UInt8(ascii: "t"): self = true
    case UInt8(ascii: "f"): self = false
    default: return nil
    }
  }
}

extension FixedWidthInteger where Self: PostgresDecodable {
  /// Reads decimal digits; nil where the value does not fit.
  public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
    var digits = text[...]
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative { digits.removeFirst() }
    guard !digits.isEmpty else { return nil }
    var value: Self = 0
    for byte in digits {
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) =
        isNegative
        ? product.subtractingReportingOverflow(Self(digit)) : product.addingReportingOverflow(Self(digit))
      guard !overflow, !carry else { return nil }
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
  public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
    guard let string = String(postgresText: text) else { return nil }
    self.init(string)
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  /// Reads a value that is there.
  public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
    guard let value = Wrapped(postgresText: text) else { return nil }
    self = .some(value)
  }

  /// NULL is nil.
  public static var postgresNull: Self? { .some(nil) }
}
