import JSON
import LocalLambda

/// Shows what happens in a stack.
struct StackReport: Sendable {
  /// Whether the functions' own lines are shown.
  var showsLogs = true

  func show(_ event: StackEvent) {
    switch event {
    case .starting(let part): if Console.isTerminal { Console.note(Console.styled("  … \(part)", .dim)) }
    case .started(let part, let place):
      Console.note(
        "  \(Console.styled("✓", .green)) \(part)\(place.isEmpty ? "" : "  \(Console.styled(place, .cyan))")")
    case .warning(let warning): Console.warning(warning)
    case .function(let line): if showsLogs { Console.note(FunctionLogText.pretty(line)) }
    case .model(let line):
      if showsLogs { Console.note("\(FunctionLogText.tag("stand-in")) \(Console.styled(line, .dim))") }
    }
  }
}

/// A function's log line, as people like it.
enum FunctionLogText {
  static func pretty(_ line: FunctionLogLine) -> String {
    if case .extension(let name) = line.source {
      return "\(tag(line.function)) \(Console.styled("[\(name)]", .dim)) \(body(line.text))"
    }
    return "\(tag(line.function)) \(body(line.text))"
  }

  /// The source of a line, in a column of its own.
  static func tag(_ name: String) -> String {
    Console.styled(name + String(repeating: " ", count: max(0, 8 - name.count)), .cyan)
  }

  /// AWS's JSON log format is taken apart: level, message, then what else there is; other lines stay as they are.
  private static func body(_ text: String) -> String {
    guard text.hasPrefix("{"), let json = try? JSONValue(parsing: text), let object = json.objectValue,
      let message = object["message"]?.stringValue
    else {
      let isFrame = ["START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START"].contains {
        text.hasPrefix($0)
      }
      return isFrame ? Console.styled(text, .dim) : text
    }
    let level = (object["level"]?.stringValue ?? "INFO").uppercased()
    let style: Console.Style =
      switch level {
      case "ERROR", "CRITICAL", "FATAL": .red
      case "WARN", "WARNING": .yellow
      case "DEBUG", "TRACE": .dim
      default: .green
      }
    let others = object.filter { !["timestamp", "level", "message", "requestId", "AWSRequestId"].contains($0.name) }
      .map { "\($0.name)=\($0.value.stringValue ?? $0.value.serialized)" }
    let details = others.isEmpty ? "" : "  " + Console.styled(others.joined(separator: " "), .dim)
    return "\(Console.styled(level, style)) \(message)\(details)"
  }
}
