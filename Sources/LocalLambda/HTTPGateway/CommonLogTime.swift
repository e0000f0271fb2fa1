import GregorianCalendar

/// A time as logs of the common format have it: `12/Mar/2020:19:03:58 +0000`.
enum CommonLogTime {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func format(seconds: Int64) -> String {
    let time = CivilTime(secondsSince1970: seconds)
    let date = time.date
    return "\(date.description.suffix(2))/\(months[date.month - 1])/\(date.year):\(time.clock) +0000"
  }
}
