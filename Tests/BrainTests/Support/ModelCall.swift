import JSON
import TestSupport

/// One question to the scripted model, and the answers a test can give.
struct ModelCall: Sendable {
  /// Counted from 1.
  let number: Int
  let request: ScriptedRequest

  /// The request's body.
  var body: JSONValue { (try? JSONValue(parsing: request.body)) ?? .null }

  /// The text of the last turn.
  var prompt: String { body["messages"]?.arrayValue?.last?["content"]?.stringValue ?? "" }

  /// What stands between the fences.
  var document: JSONValue {
    let lines = prompt.split(separator: "\n")
    guard let opening = lines.firstIndex(where: { $0.hasPrefix("<<<DATA ") }), opening + 2 < lines.count,
      lines[opening + 2] == "DATA \(lines[opening].dropFirst("<<<DATA ".count))>>>"
    else { return .null }
    return (try? JSONValue(parsing: String(lines[opening + 1]))) ?? .null
  }

  /// Whether the messages shown have this text among them.
  func shows(_ text: String) -> Bool {
    document["messages"]?.arrayValue?.contains { $0["text"]?.stringValue?.contains(text) == true } == true
  }

  /// A memory with one fact for each message of the user.
  var memory: JSONValue {
    let facts = (document["messages"]?.arrayValue ?? []).filter { $0["role"] == "user" }.map { message -> JSONValue in
      [
        "kind": "fact", "about": "user", "text": .string("Said: \(message["text"]?.stringValue ?? "")"),
        "confidence": "high", "valid_from": .null, "valid_to": .null, "evidence": [message["ref"] ?? .null],
        "replaces": .null,
      ]
    }
    return [
      "title": "A title", "summary": "A summary", "language": "en", "outcome": "ongoing", "sentiment": "neutral",
      "topics": ["a topic"], "facts": .array(facts), "open_items": [], "entities": [],
    ]
  }

  func remember(on connection: ScriptedConnection) async throws {
    try await say(memory.serialized, on: connection)
  }

  /// Answers in the protocol of the request.
  func say(_ text: String, stop: String? = nil, on connection: ScriptedConnection) async throws {
    let answer: JSONValue =
      request.target.hasSuffix("/messages")
      ? [
        "type": "message", "model": "scripted", "stop_reason": .string(stop ?? "end_turn"),
        "content": [["type": "text", "text": .string(text)]],
        "usage": ["input_tokens": 100, "output_tokens": 10, "cache_read_input_tokens": 5],
      ]
      : [
        "model": "scripted",
        "choices": [
          ["finish_reason": .string(stop ?? "stop"), "message": ["role": "assistant", "content": .string(text)]]
        ],
        "usage": ["prompt_tokens": 100, "completion_tokens": 10],
      ]
    try await connection.reply(json: answer.serialized)
  }
}
