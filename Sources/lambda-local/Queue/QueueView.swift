import JSON

/// What the queue server tells of its queues, as people read it.
enum QueueView {
  /// Name, available, in flight, delayed, dead-letter queue.
  static func row(_ queue: JSONValue) -> [String] {
    let numbers = ["available", "in_flight", "delayed"].map { String(queue[$0]?.int64Value ?? 0) }
    return [queue["name"]?.stringValue ?? ""] + numbers + [queue["dead_letter_queue"]?.stringValue ?? "-"]
  }

  static func table(_ queues: [JSONValue]) -> Table {
    var table = Table("QUEUE", "AVAILABLE", "IN FLIGHT", "DELAYED", "DEAD LETTERS GO TO")
    for queue in queues {
      let row = row(queue)
      table.add(row[0], row[1], row[2], row[3], row[4])
    }
    return table
  }

  /// A queue's messages.
  ///
  /// - Parameter now: the server's time, in milliseconds since 1970.
  static func table(messages: [JSONValue], now: Int64) -> Table {
    var table = Table("MESSAGE", "SENT", "RECEIVED", "STATE", "BODY")
    for message in messages {
      let received = message["receive_count"]?.int64Value ?? 0
      table.add(
        message["message_id"]?.stringValue ?? "", "\(span(now - (message["sent_at"]?.int64Value ?? now))) ago",
        received == 0 ? "never" : "\(received)×", state(of: message, now: now),
        oneLine(message["body"]?.stringValue ?? ""))
    }
    return table
  }

  /// Why a message waits, until when, and for whom.
  static func state(of message: JSONValue, now: Int64) -> String {
    let left = message["available_at"]?.int64Value.map { span($0 - now) } ?? ""
    let invocation = message["invocation"]?.stringValue.map(start(of:))
    switch message["state"]?.stringValue {
    case "delayed": return "delayed for \(left)"
    case "in_flight":
      let holder = invocation.map { "invocation \($0)" } ?? "a consumer"
      let after = message["is_last_receive"] == true ? "then a dead letter" : "then retried"
      return "with \(holder) for \(left), \(after)"
    case "locked": return "behind \(message["locked_by"]?.stringValue.map(start(of:)) ?? "another one") of its group"
    default: return invocation.map { "available, failed in invocation \($0)" } ?? "available"
    }
  }

  /// Enough of an id to find it by.
  private static func start(of id: String) -> String { id.prefix(8) + "…" }

  /// `350 ms`, `12 s`, `3 min`, `5 h`, `2 d`.
  static func span(_ milliseconds: Int64) -> String {
    switch max(0, milliseconds) {
    case let value where value < 1_000: "\(value) ms"
    case let value where value < 120_000: "\(value / 1_000) s"
    case let value where value < 7_200_000: "\(value / 60_000) min"
    case let value where value < 172_800_000: "\(value / 3_600_000) h"
    case let value: "\(value / 86_400_000) d"
    }
  }

  private static func oneLine(_ text: String) -> String {
    String(text.prefix(500).map { $0.isNewline || $0 == "\t" ? " " : $0 })
  }
}
