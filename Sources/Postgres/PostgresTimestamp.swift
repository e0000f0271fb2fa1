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
  public var rfc3339: String {
    let (days, microsecondOfDay) = microsecondsSinceEpoch.flooredDivision(by: 86_400_000_000)
    let (year, month, day) = civilDate(daysSinceEpoch: days)
    let (second, microsecond) = microsecondOfDay.flooredDivision(by: 1_000_000)
    return """
      \(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\
      \(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2)).\(padded(microsecond, 6))Z
      """
  }

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
  public init?(postgresText text: UnsafeBufferPointer<UInt8>) {
    var scanner = TimestampScanner(bytes: text[...])
    guard let year = scanner.number(digits: 4...6), scanner.skip("-"), let month = scanner.number(digits: 2...2),
      scanner.skip("-"), let day = scanner.number(digits: 2...2), scanner.skip(" "),
      let hour = scanner.number(digits: 2...2), scanner.skip(":"), let minute = scanner.number(digits: 2...2),
      scanner.skip(":"), let second = scanner.number(digits: 2...2), let microsecond = scanner.fraction(),
      let offset = scanner.offset(), scanner.bytes.isEmpty
    else { return nil }
    let seconds =
      daysSinceEpoch(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    self.init(microsecondsSinceEpoch: seconds * 1_000_000 + microsecond)
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

// The proleptic Gregorian calendar in integers, with years that begin in March (H. Hinnant, "chrono-compatible low-level
// date algorithms").

private func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
  let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredDivision(by: 400)
  let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

private func civilDate(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
  let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let shiftedMonth = (5 * dayOfYear + 2) / 153
  let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
}

private func padded(_ value: Int64, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension Int64 {
  /// Quotient and remainder with a remainder that is never negative.
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
