import GregorianCalendar
import JSON

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
    let event: JSONValue = [
      "time": .string(CivilTime.text(milliseconds: time)), "type": .string(type), "record": record,
    ]
    return event.serialized
  }
}
