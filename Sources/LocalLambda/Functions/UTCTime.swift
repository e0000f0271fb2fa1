#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Times as AWS's JSON has them: `2019-11-14T18:16:05.568` and the zone.
enum UTCTime {
  /// Writes a time since 1970; the zone is `Z` or `+0000`.
  static func format(milliseconds: Int64, zone: String) -> String {
    var seconds = time_t(milliseconds / 1_000)
    var fields = tm()
    gmtime_r(&seconds, &fields)
    let date = "\(fields.tm_year + 1900)-\(padded(fields.tm_mon + 1, 2))-\(padded(fields.tm_mday, 2))"
    let time = [fields.tm_hour, fields.tm_min, fields.tm_sec].map { padded($0, 2) }.joined(separator: ":")
    return "\(date)T\(time).\(padded(Int32(milliseconds % 1_000), 3))\(zone)"
  }

  private static func padded(_ number: Int32, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
