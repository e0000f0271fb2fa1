import HTTPClient
import LambdaRuntime

/// How long to wait before a call is tried again: what the provider asks for, else a random share of a growing pause.
enum RetryDelay {
  /// The longest wait that a provider may ask for; more than that is an outage, not a pause.
  static let longest = Duration.seconds(120)

  /// The wait that an answer asks for: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
  static func asked(
    by headers: HTTPClientHeaders, now: Int64 = LambdaContext.currentMilliseconds() / 1000
  ) -> Duration? {
    if let milliseconds = headers["retry-after-ms"].flatMap(Double.init), milliseconds >= 0 {
      return .milliseconds(min(milliseconds, 1e9))
    }
    guard let value = headers["Retry-After"] else { return nil }
    if let seconds = Double(value), seconds >= 0 { return .seconds(min(seconds, 1e6)) }
    return Timestamp.seconds(httpDate: value).map { .seconds(max(0, $0 - now)) }
  }

  /// An overloaded provider that names no time gets about a second from all conversations, not only from the one it
  /// told.
  static func implied(by status: Int) -> Duration? {
    [429, 503, 529].contains(status) ? .seconds(Double.random(in: 0.5...1.5)) : nil
  }

  /// Full jitter over 0.5 s, 1 s, 2 s … 8 s: callers that failed together do not come back together.
  static func ownChoice(attempt: Int) -> Duration {
    .seconds(Double.random(in: 0...1) * min(8, 0.5 * Double(1 << min(attempt, 8))))
  }
}
