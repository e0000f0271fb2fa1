import CLibcrypto
import ConversationAPI
import HTTPClient
import JSON
import LambdaEvents
import LambdaRuntime
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Brain

/// What is around a Brain, on one loopback server: a Backend that keeps conversations in memory, a model that does what
/// the test says, and a queue that takes messages.
final class World: Sendable {
  /// How the model behaves.
  typealias ModelScript = @Sendable (_ call: ModelCall, _ connection: ScriptedConnection) async throws -> Void
  /// Looks at each request to the Backend first; true when it has answered it.
  typealias BackendScript =
    @Sendable (_ request: ScriptedRequest, _ connection: ScriptedConnection) async throws -> Bool

  struct Conversation: Sendable {
    var userID: Int64 = 1
    var messages: [Message] = []
    var memory: JSONValue?
    var covered: Int64 = 0
  }

  struct State: Sendable {
    var conversations: [Int64: Conversation] = [:]
    /// `GET /conversations/1/messages` and so on, in order.
    var backendRequests: [String] = []
    /// Every memory that was stored, also those that were replaced later.
    var storedMemories: [NewMemory] = []
    var modelCalls: [ModelCall] = []
    var modelCallsAtOnce = 0
    var mostModelCallsAtOnce = 0
    /// What was sent to the queue.
    var queued: [JSONValue] = []
  }

  let log = LogRecorder()
  private let state = Mutex(State())
  private let pageSize: Int
  private let queueStatus: Int
  private let model: ModelScript
  private let backend: BackendScript

  private init(pageSize: Int, queueStatus: Int, model: @escaping ModelScript, backend: @escaping BackendScript) {
    self.pageSize = pageSize
    self.queueStatus = queueStatus
    self.model = model
    self.backend = backend
  }

  /// Runs `body` in a world of its own; `handle` gives the Brain an event.
  static func run(
    conversations: [Int64: [String]] = [:], environment: [String: String] = [:], pageSize: Int = 1000,
    queueStatus: Int = 200,
    model: @escaping ModelScript = { call, connection in try await call.remember(on: connection) },
    backend: @escaping BackendScript = { _, _ in false },
    body: (World, Dependencies) async throws -> Void
  ) async throws {
    let world = World(pageSize: pageSize, queueStatus: queueStatus, model: model, backend: backend)
    for (id, texts) in conversations.sorted(by: { $0.key < $1.key }) { for text in texts { world.say(text, in: id) } }
    try await ScriptedHTTPServer.run { request, connection in
      try await world.serve(request, connection)
    } body: { server in
      var variables = SettingsTests.complete
      variables["BACKEND_URL"] = server.url + "/backend"
      variables["LLM_BASE_URL"] = server.url + "/model"
      variables["SQS_QUEUE_URL"] = server.url + "/000000000000/memory-tasks"
      variables["AWS_ENDPOINT_URL_SQS"] = server.url
      variables.merge(environment) { $1 }
      let complete = variables
      try await body(world, Dependencies(settings: try Settings(environment: { complete[$0] })))
    }
  }

  var now: State { state.withLock { $0 } }

  func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  /// Adds a message; ids count through all conversations, and an odd one within its conversation is the user's.
  @discardableResult
  func say(_ text: String, in conversationID: Int64, replyTo: Int64? = nil) -> Message {
    state.withLock { state in
      let id = (state.conversations.values.flatMap(\.messages).map(\.id).max() ?? 0) + 1
      let count = state.conversations[conversationID]?.messages.count ?? 0
      let message = Message(
        id: id, role: replyTo != nil || count % 2 == 1 ? .assistant : .user, content: text,
        createdAt: Timestamp.rfc3339(1_772_442_000_000 + id * 1000), replyToMessageID: replyTo)
      state.conversations[conversationID, default: Conversation()].messages.append(message)
      return message
    }
  }

  // MARK: Events

  /// Gives the Brain these bodies as one event; answers the indices of those that failed. Messages with groups are of a
  /// FIFO queue, unless it is said that the queue is a standard one.
  func handle(
    _ bodies: [String], groups: [String]? = nil, ofStandardQueue isStandard: Bool = false, receives: Int = 1,
    timeout: Duration = .seconds(30), _ dependencies: Dependencies
  ) async throws -> [Int] {
    let queue = "arn:aws:sqs:eu-central-1:000000000000:memory-tasks" + (groups == nil || isStandard ? "" : ".fifo")
    let records = bodies.enumerated().map { index, body in
      SQSEvent.Record(
        messageId: "record-\(index)", receiptHandle: "handle-\(index)", body: body,
        attributes: ["ApproximateReceiveCount": String(receives)].merging(
          groups.map { ["MessageGroupId": $0[index]] } ?? [:]
        ) { $1 },
        md5OfBody: "", eventSourceARN: queue, awsRegion: "eu-central-1")
    }
    var logger = Logger(label: "test", factory: { [log] _ in log.handler })
    logger.logLevel = .trace
    let context = LambdaContext(
      deadline: LambdaContext.currentMilliseconds() + Int64(timeout / .milliseconds(1)), logger: logger)
    let answer = try await Brain.handle(SQSEvent(records: records).encoded(), context, dependencies)
    let failures = Set(try SQSBatchResponse.decode(from: answer).batchItemFailures.map(\.itemIdentifier))
    return records.indices.filter { failures.contains(records[$0].messageId) }
  }

  /// Gives the Brain these bodies as one event, of which those at `expected` shall fail.
  func handle(
    _ bodies: [String], groups: [String]? = nil, ofStandardQueue isStandard: Bool = false, receives: Int = 1,
    timeout: Duration = .seconds(30), _ dependencies: Dependencies, fails expected: [Int],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let failed = try await handle(
      bodies, groups: groups, ofStandardQueue: isStandard, receives: receives, timeout: timeout, dependencies)
    #expect(failed == expected, sourceLocation: sourceLocation)
  }

  /// Gives the Brain one batch of these conversations.
  func batch(
    _ ids: Int64..., timeout: Duration = .seconds(30), with dependencies: Dependencies, fails expected: [Int],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    try await handle(
      [TaskMessage.generateMemoryBatch(conversationIDs: ids).body], timeout: timeout, dependencies, fails: expected,
      sourceLocation: sourceLocation)
  }

  // MARK: Services

  private func serve(_ request: ScriptedRequest, _ connection: ScriptedConnection) async throws {
    if request.target.hasPrefix("/backend/") {
      let target = String(request.target.dropFirst("/backend".count))
      state.withLock { $0.backendRequests.append("\(request.method) \(target)") }
      if try await backend(request, connection) { return }
      let (status, body) = try answer(request, target)
      var headers = [("Content-Type", "application/json")]
      if status < 300, body["memory_data"] != nil { headers.append(("ETag", Self.entityTag(of: body))) }
      try await connection.reply(status, headers: headers, body: body.serialized)
    } else if request.target.hasPrefix("/model/") {
      let call = state.withLock { state in
        let call = ModelCall(number: state.modelCalls.count + 1, request: request)
        state.modelCalls.append(call)
        state.modelCallsAtOnce += 1
        state.mostModelCallsAtOnce = max(state.mostModelCallsAtOnce, state.modelCallsAtOnce)
        return call
      }
      defer { state.withLock { $0.modelCallsAtOnce -= 1 } }
      try await model(call, connection)
    } else {
      try await serveQueue(request, connection)
    }
  }

  private func serveQueue(_ request: ScriptedRequest, _ connection: ScriptedConnection) async throws {
    guard queueStatus == 200 else {
      return try await connection.reply(
        queueStatus, json: #"{"__type":"com.amazonaws.sqs#AccessDenied","message":"no"}"#)
    }
    let body = try JSONValue(parsing: request.body)
    state.withLock { $0.queued.append(body) }
    let text = Array((body["MessageBody"]?.stringValue ?? "").utf8)
    var digest = [UInt8](repeating: 0, count: 16)
    EVP_Digest(text, text.count, &digest, nil, EVP_md5(), nil)
    let hex = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    try await connection.reply(json: #"{"MessageId":"m-1","MD5OfMessageBody":"\#(hex)"}"#)
  }

  private func answer(_ request: ScriptedRequest, _ target: String) throws -> (Int, JSONValue) {
    let (method, body) = (request.method, request.body)
    let parts = target.split(separator: "?")
    let path = parts[0].split(separator: "/").map(String.init)
    let query = Dictionary(
      uniqueKeysWithValues: (parts.count > 1 ? parts[1].split(separator: "&") : []).map {
        let pair = $0.split(separator: "=")
        return (String(pair[0]), Int64(pair[1]) ?? 0)
      })
    return try state.withLock { state in
      func unknown(_ thing: String) -> (Int, JSONValue) {
        (404, ["title": "Not Found", "status": 404, "unknown": .string(thing)])
      }
      switch (method, path.first, path.last) {
      case ("GET", "memories", _):
        let ofUser = state.conversations.filter { $0.value.userID == query["user_id"] && $0.value.memory != nil }
          .sorted { target.contains("order=newest") ? $0.key > $1.key : $0.key < $1.key }
        let memories = ofUser.prefix(query["limit"].map { Int($0) } ?? 100).map { Self.memory($0.key, $0.value) }
        return (200, ["memories": .array(memories), "next_cursor": .null])
      case ("POST", "memories", _):
        let new = try JSONCoding.decode(NewMemory.self, from: body)
        guard var conversation = state.conversations[new.conversationID] else { return unknown("conversation") }
        let covered = new.coveredMessageID ?? 0
        guard covered >= conversation.covered else { return (409, Self.memory(new.conversationID, conversation)) }
        let stored = Self.memory(new.conversationID, conversation)
        let tag = conversation.memory == nil ? nil : Self.entityTag(of: stored)
        if let wanted = request["If-Match"], wanted != tag { return (412, ["status": 412]) }
        if request["If-None-Match"] == "*", tag != nil { return (412, ["status": 412]) }
        conversation.memory = new.data
        conversation.covered = covered
        state.conversations[new.conversationID] = conversation
        state.storedMemories.append(new)
        return (200, Self.memory(new.conversationID, conversation))
      default: break
      }
      guard path.count >= 2, let id = Int64(path[1]), var conversation = state.conversations[id] else {
        return unknown("conversation")
      }
      let last = conversation.messages.last?.id ?? 0
      switch (method, path.count == 2 ? "" : path[2]) {
      case ("GET", ""):
        let answer = ConversationAPI.Conversation(
          id: id, userID: conversation.userID, updatedAt: "2026-03-02T09:00:00Z", lastMessageID: last,
          coveredMessageID: conversation.covered)
        return (200, try JSONCoding.encodeValue(answer))
      case ("GET", "messages"):
        let following = conversation.messages.filter { $0.id > query["after_id"] ?? 0 }
        let page = Array(following.prefix(pageSize))
        let answer = MessagePage(
          messages: page, lastMessageID: last, coveredMessageID: conversation.covered,
          nextAfterID: following.count > page.count ? page.last?.id : nil)
        return (200, try JSONCoding.encodeValue(answer))
      case ("GET", "memory"):
        return conversation.memory == nil ? unknown("memory") : (200, Self.memory(id, conversation))
      case ("POST", "messages"):
        let new = try JSONCoding.decode(NewMessage.self, from: body)
        if let known = conversation.messages.first(where: {
          $0.replyToMessageID != nil && $0.replyToMessageID == new.replyToMessageID
        }) {
          return (200, try JSONCoding.encodeValue(known))
        }
        let message = Message(
          id: (state.conversations.values.flatMap(\.messages).map(\.id).max() ?? 0) + 1, role: new.role,
          content: new.content, createdAt: "2026-03-02T10:00:00Z", replyToMessageID: new.replyToMessageID)
        conversation.messages.append(message)
        state.conversations[id] = conversation
        return (201, try JSONCoding.encodeValue(message))
      default: return (405, ["title": "Method Not Allowed", "status": 405])
      }
    }
  }

  /// Another memory has another one, also when a test changed it.
  private static func entityTag(of memory: JSONValue) -> String { "\"\(memory.serialized.hashValue)\"" }

  private static func memory(_ id: Int64, _ conversation: Conversation) -> JSONValue {
    [
      "id": .integer(id), "conversation_id": .integer(id), "memory_data": conversation.memory ?? [:],
      "covered_message_id": .integer(conversation.covered), "created_at": "2026-03-02T09:00:00Z",
      "updated_at": "2026-03-02T09:00:00Z",
    ]
  }
}
