import FoundationEssentials
import HTTPClient

/// How long to wait before a call is tried again: what the provider asks for, else a random share of a growing pause.
enum RetryDelay {
  /// The longest wait that a provider may ask for; more than that is an outage, not a pause.
  static let longest = Duration.seconds(120)

  /// The wait that an answer asks for: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
  static func asked(by headers: HTTPClientHeaders, now: Date = .now) -> Duration? {
    if let milliseconds = headers["retry-after-ms"].flatMap(Double.init), milliseconds >= 0 {
      return .milliseconds(min(milliseconds, 1e9))
    }
    guard let value = headers["Retry-After"] else { return nil }
    if let seconds = Double(value), seconds >= 0 { return .seconds(min(seconds, 1e6)) }
    return date(value).map { .seconds(max(0, $0.timeIntervalSince(now))) }
  }

  /// A date as HTTP writes it (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
  private static func date(_ text: String) -> Date? {
    let parts = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return try? Date("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z", strategy: .iso8601)
  }

  /// Full jitter over 0.5 s, 1 s, 2 s … 8 s: callers that failed together do not come back together.
  static func ownChoice(attempt: Int) -> Duration {
    .seconds(Double.random(in: 0...1) * min(8, 0.5 * Double(1 << min(attempt, 8))))
  }
}
