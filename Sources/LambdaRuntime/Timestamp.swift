#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A moment, written as RFC 3339 does it: `2026-03-12T19:03:58.000Z`.
struct Timestamp: Hashable, CustomStringConvertible {
  let millisecondsSince1970: Int64

  static func now() -> Timestamp {
    Timestamp(millisecondsSince1970: LambdaContext.currentMilliseconds())
  }

  var description: String {
    var seconds = time_t(millisecondsSince1970 / 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let date = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))"
    let time = "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))"
    return "\(date)T\(time).\(padded(Int32(millisecondsSince1970 % 1000), 3))Z"
  }

  private func padded(_ number: Int32, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
