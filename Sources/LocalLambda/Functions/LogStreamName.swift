#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The name of an environment's log stream.
enum LogStreamName {
  /// A new one: `2026/03/12/[$LATEST]` and 32 hexadecimal digits.
  static func make() -> String {
    var now = time(nil)
    var date = tm()
    gmtime_r(&now, &date)
    return "\(date.tm_year + 1900)/\(padded(date.tm_mon + 1))/\(padded(date.tm_mday))/[$LATEST]\(RandomID.hex(32))"
  }

  private static func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
