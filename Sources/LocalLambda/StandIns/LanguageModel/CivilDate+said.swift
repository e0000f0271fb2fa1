/// A day of the calendar, in UTC.
struct CivilDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  var dayNumber: Int

  init(dayNumber: Int) { self.dayNumber = dayNumber }

  /// A date of the Gregorian calendar; nil for the 31st of February.
  init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), (1...31).contains(day) else { return nil }
    // Years start in March, so that the leap day is the last one.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    dayNumber = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    guard self.month == month, self.day == day else { return nil }
  }

  /// The date at the start of an RFC 3339 time.
  init?(timestamp: String) {
    let parts = timestamp.prefix(10).split(separator: "-")
    guard parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]) else {
      return nil
    }
    self.init(year: year, month: month, day: day)
  }

  var year: Int { civil.year }
  var month: Int { civil.month }
  var day: Int { civil.day }

  /// 0 is Monday.
  var weekday: Int { ((dayNumber + 3) % 7 + 7) % 7 }

  private var civil: (year: Int, month: Int, day: Int) {
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  /// `2026-03-06`
  var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// The next such weekday after this day.
  func next(weekday wanted: Int) -> CivilDate {
    let ahead = (wanted - weekday + 7) % 7
    return CivilDate(dayNumber: dayNumber + (ahead == 0 ? 7 : ahead))
  }

  /// This day and month in the year that is meant: the next one, unless it has only just passed.
  func nearest(month: Int, day: Int) -> CivilDate? {
    let thisYear = CivilDate(year: year, month: month, day: day)
    if let thisYear, thisYear.dayNumber >= dayNumber - 60 { return thisYear }
    return CivilDate(year: year + 1, month: month, day: day) ?? thisYear
  }

  static func < (first: CivilDate, second: CivilDate) -> Bool { first.dayNumber < second.dayNumber }
}
