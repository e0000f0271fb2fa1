import JSON

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What extensions are told of an environment; the names and records are those of the Telemetry API.
///
/// See [Event schema reference](https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html).
struct TelemetryEvent: Sendable {
  /// When it happened, in milliseconds since 1970.
  var time = WallClock.milliseconds()
  let category: TelemetrySubscription.Category
  let type: String
  let record: JSONValue

  static func platform(_ type: String, _ record: JSONValue) -> TelemetryEvent {
    TelemetryEvent(category: .platform, type: "platform.\(type)", record: record)
  }

  /// A line of a log.
  static func line(_ text: String, _ category: TelemetrySubscription.Category) -> TelemetryEvent {
    TelemetryEvent(category: category, type: category.rawValue, record: .string(text))
  }

  /// How an API tells it; nil when it has no such event.
  func json(for api: TelemetrySubscription.API) -> String? {
    var type = type
    if api == .logs {
      switch type {
      case "platform.initStart", "platform.initRuntimeDone", "platform.initReport": return nil
      case "platform.telemetrySubscription": type = "platform.logsSubscription"
      default: break
      }
    } else if type == "platform.end" {
      return nil
    }
    let event: JSONValue = ["time": .string(Self.timestamp(time)), "type": .string(type), "record": record]
    return event.serialized
  }

  /// RFC 3339 with milliseconds: `2022-10-12T00:03:50.000Z`.
  static func timestamp(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000)
    var date = tm()
    gmtime_r(&seconds, &date)
    func padded(_ number: Int, _ digits: Int = 2) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    let day = "\(date.tm_year + 1900)-\(padded(Int(date.tm_mon) + 1))-\(padded(Int(date.tm_mday)))"
    let time = "\(padded(Int(date.tm_hour))):\(padded(Int(date.tm_min))):\(padded(Int(date.tm_sec)))"
    return "\(day)T\(time).\(padded(Int(milliseconds % 1000), 3))Z"
  }
}
