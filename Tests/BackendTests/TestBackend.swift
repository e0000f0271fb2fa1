import JSON
import LambdaEvents
import LambdaRuntime
import Postgres
import TestSupport
import Testing

@testable import Backend

/// The whole function in this process, as its environment makes it: with a database of its own, and an SQS that does
/// what a script says.
///
/// ```swift
/// try await TestBackend.run { backend in
///   let answer = try await backend.post("/users", #"{"phone_number":"+15551234567"}"#)
///   #expect(answer.status == 201)
/// }
/// ```
struct TestBackend: Sendable {
  let handler: LambdaHandler
  /// For what goes on beside the API: seeding, looking.
  let database: PostgresPool
  let queue: ScriptedHTTPServer

  /// What SQS answers with when all is well.
  static let acceptingQueue: ScriptedHTTPServer.Script = { _, connection in
    try await connection.reply(json: #"{"MessageId":"00000000-0000-0000-0000-000000000001"}"#)
  }

  static func run(
    environment: [String: String] = [:], on url: String? = nil,
    queue script: @escaping ScriptedHTTPServer.Script = acceptingQueue,
    _ body: (TestBackend) async throws -> Void
  ) async throws {
    let databaseURL = if let url { url } else { try await TestDatabase.make().url }
    let database = try PostgresPool(url: databaseURL, size: 1)
    for statement in Schema.statements { _ = try await database.query(SQL(schema: statement)) }
    try await ScriptedHTTPServer.run(script) { queue in
      var variables = Self.environment(databaseURL: databaseURL, sqs: queue.url)
      variables.merge(environment) { _, new in new }
      let handler = try await Main.initialize(LambdaEnvironment(variables))
      try await body(TestBackend(handler: handler, database: database, queue: queue))
    }
    await database.close()
  }

  /// The variables that the function wants.
  static func environment(databaseURL: String, sqs: String) -> [String: String] {
    [
      "DATABASE_URL": databaseURL, "SQS_QUEUE_URL": "\(sqs)/000000000000/memory-tasks", "AWS_ENDPOINT_URL_SQS": sqs,
      "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
      // More than one, so that callers really meet in the database.
      "AWS_LAMBDA_MAX_CONCURRENCY": "8",
    ]
  }

  /// The bodies of the messages that SQS was given.
  var sentMessages: [JSONValue] {
    get throws {
      try queue.requests.map { request in
        let input = try JSONValue(parsing: request.body)
        return try JSONValue(parsing: input["MessageBody"]?.stringValue ?? "")
      }
    }
  }
}

/// What came back from a request.
struct TestAnswer {
  let status: Int
  let headers: [String: String]
  let body: String

  /// The body as JSON.
  var json: JSONValue {
    get throws { try JSONValue(parsing: body) }
  }

  subscript(name: String) -> JSONValue? {
    get throws { try json[name] }
  }

  /// The faults of a problem, as `place: detail`.
  var faults: [String] {
    get throws {
      try (json["errors"]?.arrayValue ?? []).map { fault in
        "\((fault["pointer"] ?? fault["parameter"])?.stringValue ?? "?"): \(fault["detail"]?.stringValue ?? "")"
      }
    }
  }

  /// Checks that this is a problem of that status, in RFC 9457's form.
  func expectProblem(_ status: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(self.status == status, "\(body)", sourceLocation: sourceLocation)
    #expect(headers["content-type"] == "application/problem+json", sourceLocation: sourceLocation)
    #expect(try self["status"] == .integer(status), sourceLocation: sourceLocation)
    for name in ["type", "title", "detail"] {
      #expect(try self[name]?.stringValue?.isEmpty == false, "\(name)", sourceLocation: sourceLocation)
    }
  }
}

extension TestBackend {
  /// An event as an HTTP API sends it.
  static func event(
    _ method: String, _ target: String, body: String? = nil, headers: [String: String] = [:], isBase64: Bool = false,
    stage: String = "$default"
  ) throws -> [UInt8] {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    return try HTTPRequestEvent(
      rawPath: parts[0], rawQueryString: parts.count > 1 ? parts[1] : "", headers: headers, body: body,
      isBase64Encoded: isBase64,
      requestContext: HTTPRequestEvent.RequestContext(
        http: HTTPRequestEvent.HTTP(method: method, path: parts[0]), requestId: "request", stage: stage,
        time: "02/Mar/2026:18:00:40 +0000", timeEpoch: 1_772_474_440_000)
    ).encoded()
  }

  /// Sends an event and answers the bytes that Lambda is given.
  func payload(of event: [UInt8], timeout: Duration = .seconds(30)) async throws -> [UInt8] {
    let deadline = LambdaContext.currentMilliseconds() + Int64(timeout / .milliseconds(1))
    guard case .buffered(let bytes, _) = try await handler(event, LambdaContext(deadline: deadline)) else {
      throw UnexpectedStream()
    }
    return bytes
  }

  /// Sends an event and reads the answer as API Gateway does.
  func send(event: [UInt8], timeout: Duration = .seconds(30)) async throws -> TestAnswer {
    let response = try JSONCoding.decode(Payload.self, from: try await payload(of: event, timeout: timeout))
    return TestAnswer(status: response.statusCode, headers: response.headers ?? [:], body: response.body ?? "")
  }

  /// An answer in payload format 2.0.
  private struct Payload: Decodable {
    let statusCode: Int
    let headers: [String: String]?
    let body: String?
  }

  func send(
    _ method: String, _ target: String, body: String? = nil, headers: [String: String] = [:]
  ) async throws -> TestAnswer {
    try await send(event: Self.event(method, target, body: body, headers: headers))
  }

  func get(_ target: String) async throws -> TestAnswer { try await send("GET", target) }

  func post(_ target: String, _ body: String? = nil) async throws -> TestAnswer {
    try await send("POST", target, body: body, headers: ["content-type": "application/json"])
  }

  struct UnexpectedStream: Error {}
}

extension TestBackend {
  /// Makes a user and a conversation of theirs, and answers the conversation's id.
  func makeConversation() async throws -> Int64 {
    let number = "+1555\(UInt32.random(in: 1_000_000...9_999_999))"
    let user = try await post("/users", #"{"phone_number":"\#(number)"}"#)
    let conversation = try await post("/users/\(user["id"] ?? 0)/conversations")
    return try #require(try conversation["id"]?.int64Value)
  }

  /// Appends a message and answers its id.
  func append(_ content: String = "Hello", to conversation: Int64) async throws -> Int64 {
    let body: JSONValue = ["role": "user", "content": .string(content)]
    let answer = try await post("/conversations/\(conversation)/messages", body.serialized)
    return try #require(try answer["id"]?.int64Value, "\(answer.body)")
  }

  /// Makes a conversation older, as its owner would by hand.
  func rest(_ conversation: Int64, hours: Int64 = 3) async throws {
    _ = try await database.query(
      "UPDATE conversations SET updated_at = updated_at - $2 * interval '1 hour' WHERE id = $1", conversation, hours)
  }

  /// How many conversations are due, as a dry run tells.
  func dueCount() async throws -> Int64? {
    try await post("/tasks/trigger-memory-generation?dry_run=true")["conversations"]?.int64Value
  }
}
