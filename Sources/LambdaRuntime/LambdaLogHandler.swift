import GregorianCalendar
import JSON
import Logging

/// Writes each message as one line on standard error.
struct LambdaLogHandler: LogHandler {
  enum Format: Sendable {
    /// Lambda's
    /// [JSON log format](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html).
    case json
    /// For people at a terminal.
    case text
  }

  private let label: String
  private let format: Format
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?

  init(label: String, level: Logger.Level, format: Format) {
    self.label = label
    self.logLevel = level
    self.format = format
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    StandardStream.error.write(line(for: event, at: LambdaContext.currentMilliseconds()))
  }

  /// The line of a moment since 1970, with its line feed.
  func line(for event: LogEvent, at milliseconds: Int64) -> [UInt8] {
    let time = CivilTime.text(milliseconds: milliseconds)
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
    if let given = event.metadata { all.merge(given) { _, new in new } }
    if let error = event.error {
      let report = FailureReport(error)
      all["errorType"] = .string(report.errorType)
      all["errorMessage"] = .string(report.errorMessage)
    }
    let sorted = all.sorted { $0.key < $1.key }
    switch format {
    case .json: return json(event, time, sorted)
    case .text: return text(event, time, sorted)
    }
  }

  private func json(
    _ event: LogEvent, _ time: String, _ metadata: [(key: String, value: Logger.MetadataValue)]
  ) -> [UInt8] {
    var writer = JSONWriter(capacity: 256)
    writer.raw(#"{"timestamp":"#)
    writer.string(time)
    writer.raw(#","level":"#)
    writer.string(event.level.lambdaName)
    writer.raw(#","message":"#)
    writer.string(event.message.description)
    writer.raw(#","logger":"#)
    writer.string(label)
    for (key, value) in metadata {
      writer.raw(",")
      writer.string(Self.reserved.contains(key) ? "metadata.\(key)" : key)
      writer.raw(":")
      writer.write(value.json)
    }
    writer.raw("}\n")
    return writer.bytes
  }

  private static let reserved: Set = ["timestamp", "level", "message", "logger"]

  private func text(
    _ event: LogEvent, _ time: String, _ metadata: [(key: String, value: Logger.MetadataValue)]
  ) -> [UInt8] {
    let pairs = metadata.map { " \($0.key)=\($0.value)" }.joined()
    return Array("\(time) \(event.level.rawValue) \(label): \(event.message)\(pairs)\n".utf8)
  }
}

extension Logger.MetadataValue {
  fileprivate var json: JSONValue {
    switch self {
    case .string(let text): .string(text)
    case .stringConvertible(let value): .string(value.description)
    case .array(let values): .array(values.map(\.json))
    case .dictionary(let members):
      .object(JSONObject(members.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value.json) }))
    }
  }
}
