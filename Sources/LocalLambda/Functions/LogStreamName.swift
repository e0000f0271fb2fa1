import GregorianCalendar

/// The name of an environment's log stream.
enum LogStreamName {
  /// A new one: `2026/03/12/[$LATEST]` and 32 hexadecimal digits.
  static func make() -> String {
    let today = CivilTime(secondsSince1970: WallClock.milliseconds() / 1000).date.description
    return String(today.map { $0 == "-" ? "/" : $0 }) + "/[$LATEST]" + RandomID.hex(32)
  }
}
