import GregorianCalendar

/// What people mean when they speak of days.
extension CivilDate {
  /// The date at the start of an RFC 3339 time.
  init?(timestamp: String) {
    let parts = timestamp.prefix(10).split(separator: "-")
    guard parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]) else {
      return nil
    }
    self.init(year: year, month: month, day: day)
  }

  /// 0 is Monday.
  var weekday: Int { ((dayNumber + 3) % 7 + 7) % 7 }

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
}
