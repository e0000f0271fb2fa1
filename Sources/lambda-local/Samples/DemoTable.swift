import JSON

/// The memories as a table that a person can read.
enum DemoTable {
  /// Facts shown of one conversation; the rest are counted.
  private static let shownFacts = 7

  static func show(_ rows: [DemoRun.Row], model: String?) {
    let name = max(12, rows.map(\.name.count).max() ?? 0)
    Console.note("")
    Console.note(Console.styled(line("conversation", "messages", "took", "what was remembered", name), .bold))
    Console.note(String(repeating: "─", count: name + 70))
    for row in rows { show(row, name) }
    let facts = rows.reduce(0) { $0 + ($1.memory?["memory_data"]?["facts"]?.arrayValue?.count ?? 0) }
    Console.note("")
    Console.note(
      "\(rows.count(where: { $0.memory != nil })) of \(rows.count) conversations are remembered, with \(facts) facts.")
    if model == nil { return }
    Console.note(
      Console.styled(
        "The model was a stand-in: rules, not a language model. Set LLM_BASE_URL and LLM_MODEL for a real one.", .yellow
      ))
  }

  private static func show(_ row: DemoRun.Row, _ width: Int) {
    guard let memory = row.memory?["memory_data"] else {
      return Console.note(line(row.name, String(row.messages), "-", Console.styled("no memory", .red), width))
    }
    let title = memory["title"]?.stringValue ?? ""
    let notes = [memory["language"]?.stringValue, memory["outcome"]?.stringValue, memory["sentiment"]?.stringValue]
      .compactMap(\.self).joined(separator: ", ")
    Console.note(
      line(row.name, String(row.messages), milliseconds(row.took), "\(title.isEmpty ? "(untitled)" : title)", width)
        + Console.styled("  [\(notes)]", .dim))
    let facts = memory["facts"]?.arrayValue ?? []
    if facts.isEmpty { Console.note(line("", "", "", Console.styled("nothing to keep", .dim), width)) }
    for fact in facts.prefix(shownFacts) { Console.note(line("", "", "", describe(fact), width)) }
    if facts.count > shownFacts {
      Console.note(line("", "", "", Console.styled("… and \(facts.count - shownFacts) more facts", .dim), width))
    }
    for item in (memory["open_items"]?.arrayValue ?? []).prefix(3) where item["status"]?.stringValue == "open" {
      Console.note(line("", "", "", Console.styled("☐ \(item["text"]?.stringValue ?? "")", .yellow), width))
    }
  }

  private static func describe(_ fact: JSONValue) -> String {
    let text = fact["text"]?.stringValue ?? ""
    switch fact["status"]?.stringValue {
    case "superseded": return Console.styled("· \(text) (replaced)", .dim)
    case "retracted": return Console.styled("· \(text) (taken back)", .dim)
    default:
      guard let end = fact["valid_to"]?.stringValue else { return "· \(text)" }
      return Console.styled("· \(text) (until \(end))", .dim)
    }
  }

  private static func line(_ name: String, _ messages: String, _ took: String, _ text: String, _ width: Int) -> String {
    let padded = name + String(repeating: " ", count: max(0, width - name.count))
    return "\(padded)  \(right(messages, 8))  \(right(took, 8))  \(text)"
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func milliseconds(_ duration: Duration?) -> String {
    guard let duration else { return "-" }
    let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    return "\(milliseconds) ms"
  }
}
