/// A JSON number as its text, so that no digit is lost on the way through.
public struct JSONNumber: Sendable, Hashable {
  /// The number as it was written, for example `1e21` or `0.10`.
  public let text: String

  /// A whole number.
  public init(_ value: some FixedWidthInteger) {
    text = String(value)
  }

  /// The shortest text that reads back as `value`; nil for infinities and NaN, which JSON cannot write.
  public init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
  }

  /// A number from its text; nil when `text` is not exactly one JSON number.
  public init?(text: String) {
    guard case .number(let number)? = try? JSONValue(parsing: text), number.text.utf8.count == text.utf8.count else {
      return nil
    }
    self = number
  }

  /// `text` is known to follow the grammar.
  init(validated text: String) {
    self.text = text
  }

  /// The value when it is written without fraction and exponent and fits; `1.0` and `1e2` are nil.
  public var int64: Int64? { Int64(text) }

  /// The nearest `Double`; nil when the number is out of its range.
  public var double: Double? {
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
