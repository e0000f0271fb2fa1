import HTTPClient
import JSON
import Testing

/// Drives the Backend as a client does: over HTTP, by its contract.
struct BackendDriver: Sendable {
  let url: String
  let http: HTTPClient

  struct Answer: Sendable {
    let status: Int
    let body: JSONValue
  }

  @discardableResult
  func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> Answer {
    let response = try await http.send(
      HTTPClientRequest(
        method: method, url: url + path, headers: body == nil ? [:] : ["Content-Type": "application/json"],
        body: body?.serializedBytes))
    return Answer(
      status: response.status, body: response.body.isEmpty ? .null : try JSONValue(parsing: response.body))
  }

  /// A new user's new conversation that holds these messages, the user's and the assistant's in turn.
  func conversation(_ texts: String...) async throws -> Int64 {
    let phone = "+1555\(Int.random(in: 1_000_000...9_999_999))"
    let user = try await call("POST", "/users", ["phone_number": .string(phone)])
    let userID = try #require(user.body["id"]?.int64Value, "\(user)")
    let conversation = try await call("POST", "/users/\(userID)/conversations")
    let id = try #require(conversation.body["id"]?.int64Value, "\(conversation)")
    for (index, text) in texts.enumerated() {
      try await say(text, in: id, as: index.isMultiple(of: 2) ? "user" : "assistant")
    }
    return id
  }

  /// Adds a message, and answers its id.
  @discardableResult
  func say(_ text: String, in conversation: Int64, as role: String = "user") async throws -> Int64 {
    let answer = try await call(
      "POST", "/conversations/\(conversation)/messages", ["role": .string(role), "content": .string(text)])
    return try #require(answer.status == 201 ? answer.body["id"]?.int64Value : nil, "\(answer)")
  }

  /// The conversation's messages.
  func messages(of conversation: Int64) async throws -> [JSONValue] {
    try await call("GET", "/conversations/\(conversation)/messages").body["messages"]?.arrayValue ?? []
  }

  /// Starts memory generation; answers how many conversations went out, in how many messages.
  @discardableResult
  func trigger() async throws -> (conversations: Int64, messages: Int64) {
    let answer = try await call("POST", "/tasks/trigger-memory-generation")
    return (
      try #require(answer.body["conversations"]?.int64Value, "\(answer)"),
      try #require(answer.body["messages"]?.int64Value, "\(answer)")
    )
  }

  /// How many conversations are due.
  func due() async throws -> Int64 {
    let answer = try await call("POST", "/tasks/trigger-memory-generation?dry_run=true")
    return try #require(answer.body["conversations"]?.int64Value, "\(answer)")
  }

  /// The stored memory, when there is one.
  func memory(of conversation: Int64) async throws -> JSONValue? {
    let answer = try await call("GET", "/conversations/\(conversation)/memory")
    return answer.status == 200 ? answer.body : nil
  }

  /// The memory, once it is there and covers the given message.
  func memory(of conversation: Int64, covering message: Int64) async throws -> JSONValue {
    try await eventually("a memory of conversation \(conversation) that covers message \(message)") {
      guard let memory = try await memory(of: conversation),
        let covered = memory["covered_message_id"]?.int64Value, covered >= message
      else { return nil }
      return memory
    }
  }
}

/// What never came to be within minutes.
struct NeverHappened: Error, CustomStringConvertible {
  let description: String
}

/// Looks until there is something to see; the limit is there to end a test that has failed, not to time one.
func eventually<Value>(_ what: String, _ look: () async throws -> Value?) async throws -> Value {
  for _ in 0..<6000 {
    if let value = try await look() { return value }
    try await Task.sleep(for: .milliseconds(50))
  }
  throw NeverHappened(description: "waited in vain for \(what)")
}
