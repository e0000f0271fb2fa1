/// A day of the proleptic Gregorian calendar.
///
/// Days are counted as in Howard Hinnant's
/// [chrono-compatible low-level date algorithms](https://howardhinnant.github.io/date_algorithms.html): years begin in
/// March, so that a leap day is the last one, and come in eras of 400.
public struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Days since 1970-01-01.
  public let dayNumber: Int
  /// The year; 0 is the one before the year 1.
  public let year: Int
  /// 1 is January.
  public let month: Int
  /// 1 to 31.
  public let day: Int

  /// The day so many days after 1970-01-01.
  public init(dayNumber: Int) {
    self.dayNumber = dayNumber
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// A date; nil where the calendar has none, as for the 31st of February.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), (1...31).contains(day), (-999_999...999_999).contains(year) else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    self.init(dayNumber: era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    guard self.month == month, self.day == day else { return nil }
  }

  /// `2026-03-06`.
  public var description: String {
    var text: [UInt8] = []
    text.append(self)
    return String(decoding: text, as: UTF8.self)
  }

  /// Whether one day is before another.
  public static func < (first: CivilDate, second: CivilDate) -> Bool { first.dayNumber < second.dayNumber }
}

// Times are written with every row and every line of a log: digit by digit, with no text for each part.
extension [UInt8] {
  mutating func append(_ date: CivilDate) {
    append(date.year, digits: 4)
    append(UInt8(ascii: "-"))
    append(date.month, digits: 2)
    append(UInt8(ascii: "-"))
    append(date.day, digits: 2)
  }

  /// Appends a number with zeros before it, so that it has at least so many digits.
  mutating func append(_ number: Int, digits: Int) {
    guard number >= 0 else { return append(contentsOf: String(number).utf8) }
    let start = count
    append(contentsOf: repeatElement(UInt8(ascii: "0"), count: digits))
    var rest = number
    for index in (start..<start + digits).reversed() {
      self[index] += UInt8(rest % 10)
      rest /= 10
    }
    // A year of five digits.
    if rest > 0 { insert(contentsOf: String(rest).utf8, at: start) }
  }
}
