#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A time as logs of the common format have it: `12/Mar/2020:19:03:58 +0000`.
enum CommonLogTime {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func format(seconds: Int64) -> String {
    var seconds = time_t(seconds)
    var fields = tm()
    gmtime_r(&seconds, &fields)
    let clock = [fields.tm_hour, fields.tm_min, fields.tm_sec].map { two($0) }.joined(separator: ":")
    return "\(two(fields.tm_mday))/\(months[Int(fields.tm_mon)])/\(fields.tm_year + 1900):\(clock) +0000"
  }

  private static func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
