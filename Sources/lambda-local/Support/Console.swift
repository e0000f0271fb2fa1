import FoundationEssentials
import Synchronization

/// What people read: standard error, with colour and a progress bar only where a terminal shows them.
enum Console {
  /// Whether standard error is a terminal.
  static let isTerminal = Platform.isTerminal(2)
  /// Whether standard output is one.
  static let isOutputTerminal = Platform.isTerminal(1)
  /// <https://no-color.org>
  static let hasColour =
    isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  /// The progress bar at the bottom, which lines are written above of.
  private static let bar = Mutex<String?>(nil)

  /// A line for people.
  static func note(_ line: String) {
    bar.withLock { bar in
      ErrorOutput.write(bar == nil ? line + "\n" : "\r\u{1B}[K" + line + "\n" + (bar ?? ""))
    }
  }

  /// Something to know, that does not stop the work.
  static func warning(_ message: String) { note(styled("warning: ", .yellow) + message) }

  /// Why the work stops.
  static func error(_ message: String) { note(styled("lambda-local: ", .red) + message) }

  /// The result, for programs.
  static func output(_ text: String) throws(Failure) { try output(bytes: Array((text + "\n").utf8)) }

  /// The result as it is, with no line end added. What nobody gets is a failure: whoever asked must not go on as if it
  /// had arrived.
  static func output(bytes: [UInt8]) throws(Failure) {
    guard Platform.write(bytes, to: 1) else {
      throw Failure(.failed, "the result cannot be written to standard output: \(Platform.reason).")
    }
  }

  static func styled(_ text: String, _ style: Style) -> String {
    hasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// How far the work is: a bar on a terminal, now and then a line elsewhere.
  static func progress(_ done: Int, of total: Int, _ what: String) {
    guard isTerminal else {
      let step = max(1, total / 4)
      if done == total || done % step == 0 { note("\(what): \(done) of \(total)") }
      return
    }
    let width = 30
    let filled = total == 0 ? width : width * done / total
    let drawn = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    bar.withLock { bar in
      let line = "\(styled(drawn, .cyan)) \(done)/\(total) \(what)"
      bar = line
      ErrorOutput.write("\r\u{1B}[K" + line)
    }
  }

  /// Takes the bar away.
  static func endProgress() {
    bar.withLock { bar in
      if bar != nil { ErrorOutput.write("\r\u{1B}[K") }
      bar = nil
    }
  }
}
