import ArgumentParser
import JSON
import LocalLambda

/// `queue watch`: what goes on in the queues, until Ctrl-C.
struct QueueWatch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show what goes on in all queues, or in one, until Ctrl-C.",
    discussion: """
      On a terminal the picture is drawn again and again. Elsewhere, and with --json, there is a line for each change: \
      of a queue's numbers, or of the state of a message of the one queue.
      """)

  @Argument(help: "A queue's name; all queues if there is none.") var queue: String?
  @Option(help: ArgumentHelp("How often to look.", valueName: "seconds")) var interval = 0.5
  @Flag(help: "Print JSON, one object a change.") var json = false
  @OptionGroup var queues: SQSEndpoint

  func validate() throws {
    guard (0.05...3_600).contains(interval) else { throw ValidationError("--interval is 0.05 to 3600 seconds.") }
  }

  func run() async throws {
    let command = self
    _ = try await Signals.cancelling({}) {
      var lines = ChangedLines()
      while true {
        let picture = try await command.lookUnlessCancelled()
        if Console.isOutputTerminal, !command.json {
          try command.draw(picture.table)
        } else {
          for line in lines.changed(picture.entries) { try Console.output(line) }
        }
        try await Task.sleep(for: .seconds(command.interval))
      }
    }
  }

  /// What is to be seen at one moment.
  private struct Picture {
    var table: Table
    /// What each queue or message is, by its name or id, in the words of one line; nothing that goes by with time.
    var entries: [(key: String, line: String)]
  }

  /// Ctrl-C in the middle of a look is no failure of it.
  private func lookUnlessCancelled() async throws -> Picture {
    do {
      return try await look()
    } catch {
      try Task.checkCancellation()
      throw error
    }
  }

  private func look() async throws -> Picture {
    guard let queue else {
      let list = try await queues.inspect("")["queues"]?.arrayValue ?? []
      return Picture(
        table: QueueView.table(list), entries: list.map { (key: QueueView.row($0)[0], line: line(queue: $0)) })
    }
    let answer = try await queues.messages(of: queue, limit: 10_000)
    return Picture(
      table: QueueView.table(messages: answer.messages, now: answer.now),
      entries: answer.messages.map { message in
        (key: message["message_id"]?.stringValue ?? "", line: line(message: message))
      })
  }

  private func line(queue: JSONValue) -> String {
    let row = QueueView.row(queue)
    guard json else { return "\(row[0])\tavailable \(row[1])\tin flight \(row[2])\tdelayed \(row[3])" }
    return JSONValue.object([
      "queue": .string(row[0]), "available": queue["available"] ?? 0, "in_flight": queue["in_flight"] ?? 0,
      "delayed": queue["delayed"] ?? 0,
    ]).serialized
  }

  private func line(message: JSONValue) -> String {
    if json { return message.serialized }
    let words = [
      message["message_id"]?.stringValue, message["state"]?.stringValue,
      "received \(message["receive_count"]?.int64Value ?? 0)",
      message["invocation"]?.stringValue.map { "invocation \($0)" },
    ]
    return words.compactMap(\.self).joined(separator: "\t")
  }

  private func draw(_ table: Table) throws(Failure) {
    let size = Platform.terminalSize
    let title = Console.styled("\(queue ?? "queues") at \(queues.endpoint), Ctrl-C ends", .bold)
    let lines = [title] + table.lines(width: size.columns).prefix(max(2, size.rows - 2))
    try Console.output(bytes: Array(("\u{1B}[H\u{1B}[2J" + lines.joined(separator: "\n") + "\n").utf8))
  }
}

/// Which lines are new since the last look, and what is gone.
struct ChangedLines {
  private var known: [String: String] = [:]
  private var order: [String] = []

  mutating func changed(_ entries: [(key: String, line: String)]) -> [String] {
    let now = Dictionary(entries.map { ($0.key, $0.line) }) { first, _ in first }
    let gone = order.filter { now[$0] == nil }.map { "\($0)\tgone" }
    let new = entries.filter { known[$0.key] != $0.line }.map(\.line)
    known = now
    order = entries.map(\.key)
    return gone + new
  }
}
