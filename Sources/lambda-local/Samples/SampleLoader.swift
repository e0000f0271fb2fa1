import JSON
import LocalLambda

/// The Backend, as a client of its HTTP API sees it.
struct SampleLoader: Sendable {
  var api: OneShotClient
  var apiKey: String

  /// Makes the conversations with their users and messages, one after the other: in an empty database the first
  /// conversation's id is 1, as in the sample events. Returns the ids, in order.
  func load(_ conversations: [SampleConversation], progress: @escaping @Sendable () -> Void) async throws -> [Int64] {
    var ids: [Int64] = []
    for conversation in conversations {
      let user = try await call("POST", "/users", ["phone_number": .string(conversation.user)])
      let made = try await call("POST", "/users/\(try id(of: user))/conversations", [:])
      let id = try id(of: made)
      try await add(conversation.messages, to: id, progress: progress)
      ids.append(id)
    }
    return ids
  }

  /// Appends messages to a conversation.
  func add(_ messages: [SampleConversation.Message], to id: Int64, progress: @escaping @Sendable () -> Void)
    async throws
  {
    for message in messages {
      _ = try await call(
        "POST", "/conversations/\(id)/messages", ["role": .string(message.role), "content": .string(message.text)])
      progress()
    }
  }

  /// Asks for memories of all that is due; tells how many conversations that is, and in how many SQS messages.
  func trigger() async throws -> (conversations: Int64, messages: Int64) {
    let answer = try await call("POST", "/tasks/trigger-memory-generation", nil)
    return (answer["conversations"]?.int64Value ?? 0, answer["messages"]?.int64Value ?? 0)
  }

  /// A conversation's memory; nil when there is none that covers its last message.
  func memory(of id: Int64, throughAtLeast covered: Int64) async throws -> JSONValue? {
    let response = try await send("GET", "/conversations/\(id)/memory", nil)
    if response.status == 404 { return nil }
    let memory = try body(of: response, "GET", "/conversations/\(id)/memory")
    guard let through = memory["covered_message_id"]?.int64Value, through >= covered else { return nil }
    return memory
  }

  /// The id of a conversation's newest message.
  func lastMessage(of id: Int64) async throws -> Int64 {
    try await call("GET", "/conversations/\(id)", nil)["last_message_id"]?.int64Value ?? 0
  }

  private func id(of object: JSONValue) throws -> Int64 {
    guard let id = object["id"]?.int64Value else {
      throw Failure(.failed, "the Backend answered without an id: \(object)")
    }
    return id
  }

  private func call(_ method: String, _ path: String, _ json: JSONValue?) async throws -> JSONValue {
    try body(of: try await send(method, path, json), method, path)
  }

  private func send(_ method: String, _ path: String, _ json: JSONValue?) async throws -> OneShotClient.Response {
    var headers = [("content-type", "application/json"), ("user-agent", "lambda-local")]
    if !apiKey.isEmpty { headers.append(("authorization", "Bearer \(apiKey)")) }
    do {
      return try await api.send(method, path, headers: headers, body: json?.serializedBytes ?? [])
    } catch {
      throw Failure(.failed, "\(method) \(path): \(error.message).")
    }
  }

  private func body(of response: OneShotClient.Response, _ method: String, _ path: String) throws -> JSONValue {
    let json = try? JSONValue(parsing: response.body)
    guard (200..<300).contains(response.status), let json else {
      let detail = json?["detail"]?.stringValue ?? json?["message"]?.stringValue
      throw Failure(.failed, "\(method) \(path) was answered with \(response.status)\(detail.map { ": \($0)" } ?? ".")")
    }
    return json
  }
}
