import GregorianCalendar

/// A point in time: a `timestamptz`, with its precision of a microsecond.
public struct PostgresTimestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Microseconds since 1970-01-01T00:00:00Z.
  public var microsecondsSinceEpoch: Int64

  /// A point in time, as microseconds since 1970-01-01T00:00:00Z.
  public init(microsecondsSinceEpoch: Int64) {
    self.microsecondsSinceEpoch = microsecondsSinceEpoch
  }

  /// Whether one point in time is before another.
  public static func < (left: Self, right: Self) -> Bool {
    left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
  }

  /// The time in RFC 3339's form, in UTC: `2026-01-31T23:59:59.123456Z`.
  public var rfc3339: String { CivilTime.text(microseconds: microsecondsSinceEpoch) }

  /// The time in RFC 3339's form.
  public var description: String { rfc3339 }
}

extension PostgresTimestamp: PostgresEncodable {
  /// Encodes in RFC 3339's form, which PostgreSQL reads.
  public func encode(into parameters: inout PostgresParameters) throws(PostgresError) {
    try parameters.append(text: rfc3339)
  }
}

extension PostgresTimestamp: PostgresDecodable {
  /// Reads PostgreSQL's ISO form with any time zone, as in `2026-01-31 23:59:59.5+05:30`; without a zone it is UTC.
  public init(postgresText text: UnsafeBufferPointer<UInt8>?) throws(PostgresMismatch) {
    var scanner = TimestampScanner(bytes: try text.notNull[...])
    guard let year = scanner.number(digits: 4...6), scanner.skip("-"), let month = scanner.number(digits: 2...2),
      scanner.skip("-"), let day = scanner.number(digits: 2...2), scanner.skip(" "),
      let hour = scanner.number(digits: 2...2), scanner.skip(":"), let minute = scanner.number(digits: 2...2),
      scanner.skip(":"), let second = scanner.number(digits: 2...2), let microsecond = scanner.fraction(),
      let offset = scanner.offset(), scanner.bytes.isEmpty,
      let date = CivilDate(year: Int(year), month: Int(month), day: Int(day))
    else { throw PostgresMismatch() }
    let seconds = Int64(date.dayNumber) * 86_400 + hour * 3600 + minute * 60 + second - offset
    // PostgreSQL counts from the year 2000: its last years are more microseconds away from 1970 than 64 bits hold.
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (microseconds, carry) = product.addingReportingOverflow(microsecond)
    guard !overflow, !carry else { throw PostgresMismatch() }
    self.init(microsecondsSinceEpoch: microseconds)
  }
}

private struct TimestampScanner {
  var bytes: Slice<UnsafeBufferPointer<UInt8>>

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard bytes.first == UInt8(ascii: character) else { return false }
    bytes.removeFirst()
    return true
  }

  mutating func number(digits: ClosedRange<Int>) -> Int64? {
    let found = bytes.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard digits.contains(found.count) else { return nil }
    bytes = bytes[found.endIndex...]
    return found.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }

  /// Microseconds after a point, or 0.
  mutating func fraction() -> Int64? {
    guard skip(".") else { return 0 }
    let before = bytes.count
    guard var value = number(digits: 1...6) else { return nil }
    for _ in (before - bytes.count)..<6 { value *= 10 }
    return value
  }

  /// Seconds east of UTC.
  mutating func offset() -> Int64? {
    let sign: Int64
    if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return 0 }
    guard let hours = number(digits: 2...2) else { return nil }
    var seconds = hours * 3600
    for unit: Int64 in [60, 1] where skip(":") {
      guard let value = number(digits: 2...2) else { return nil }
      seconds += value * unit
    }
    return sign * seconds
  }
}
