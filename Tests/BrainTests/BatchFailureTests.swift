import ConversationAPI
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Brain

@Suite struct BatchFailureTests {
  @Test func oneFailingConversationDoesNotHoldUpTheOthers() async throws {
    try await World.run(
      conversations: [1: ["fine"], 2: ["bad"], 3: ["fine too"]],
      model: { call, connection in
        if call.shows("bad") { return try await call.say("no JSON", on: connection) }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      try await world.batch(1, 2, 3, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.memory != nil)
      #expect(world.now.conversations[2]?.memory == nil)
      #expect(world.now.conversations[3]?.memory != nil)
      // The line says what was wrong, and that it was no refusal.
      let reasons = world.log.lines(about: 2, atLeast: .error).map { $0.metadata["reason"] ?? "" }
      #expect(reasons.count == 1)
      #expect(reasons.allSatisfy { $0.contains("cannot be used") && $0.contains("not one JSON object") })
      #expect(!reasons.contains { $0.contains("refused") })
      #expect(world.log.lines(about: 1, atLeast: .error).isEmpty)
      #expect(world.now.queued.isEmpty)
    }
  }

  @Test(arguments: [[("Retry-After", "0")], [("retry-after-ms", "20")], []])
  func rateLimitIsWaitedOut(headers: [(String, String)]) async throws {
    try await World.run(
      conversations: [1: ["a"]],
      model: { call, connection in
        if call.number == 1 { return try await connection.reply(429, headers: headers, body: "{}") }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.modelCalls.count == 2)
      #expect(world.now.conversations[1]?.memory != nil)
    }
  }

  /// What a broken model or the way to it can do, once.
  enum Fault: String, CaseIterable, CustomTestStringConvertible {
    case internalError, overloaded, garbage, page, disconnect, halfAnAnswer, wrongShape

    var testDescription: String { rawValue }

    func happen(on connection: ScriptedConnection) async throws {
      switch self {
      case .internalError: try await connection.reply(500, json: #"{"error":{"message":"oops","type":"server_error"}}"#)
      case .overloaded: try await connection.reply(529, headers: [("retry-after-ms", "10")], body: "")
      case .garbage: try await connection.reply(200, body: "\u{1}\u{2}garbage")
      case .page: try await connection.reply(502, body: "<html>Bad Gateway</html>")
      case .disconnect: try await connection.close()
      case .halfAnAnswer:
        try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"choices\":[{")
        try await connection.close()
      case .wrongShape: try await connection.reply(200, json: #"{"choices":[]}"#)
      }
    }
  }

  @Test(arguments: Fault.allCases)
  func faultIsTriedAgain(fault: Fault) async throws {
    try await World.run(
      conversations: [1: ["a"]],
      model: { call, connection in
        if call.number == 1 { return try await fault.happen(on: connection) }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.modelCalls.count == 2)
      #expect(world.now.conversations[1]?.memory != nil)
    }
  }

  @Test(arguments: Fault.allCases)
  func faultThatStaysFailsTheRecordWhenNothingWasDone(fault: Fault) async throws {
    try await World.run(
      conversations: [1: ["a"], 2: ["b"]], environment: ["LLM_MAX_RETRIES": "1"],
      model: { _, connection in try await fault.happen(on: connection) }
    ) { world, dependencies in
      try await world.batch(1, 2, with: dependencies, fails: [0])
      #expect(world.now.storedMemories.isEmpty)
      // A connection that is lost right after its reuse is tried once more by the HTTP client itself.
      #expect(fault == .disconnect ? world.now.modelCalls.count >= 4 : world.now.modelCalls.count == 4)
      #expect(world.now.queued.isEmpty)
      for id in [1, 2] as [Int64] { #expect(world.log.lines(about: id, atLeast: .error).count == 1) }
    }
  }

  @Test func retriesAreCounted() async throws {
    try await World.run(
      conversations: [1: ["a"]], environment: ["LLM_MAX_RETRIES": "0"],
      model: { _, connection in try await connection.reply(500, json: "{}") }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [0])
      #expect(world.now.modelCalls.count == 1)
    }
  }

  @Test func invalidAnswerIsRepairedOnceWithTheFaultNamed() async throws {
    try await World.run(
      conversations: [1: ["a"]],
      model: { call, connection in
        if call.number == 1 {
          var memory = call.memory.objectValue ?? [:]
          memory["summary"] = nil
          return try await call.say(JSONValue.object(memory).serialized, on: connection)
        }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [])
      let repair = try #require(world.now.modelCalls.last)
      #expect(world.now.modelCalls.count == 2)
      #expect(repair.prompt.contains("'summary'"))
      #expect(repair.document == world.now.modelCalls.first?.document)
      #expect(world.now.conversations[1]?.memory?["provenance"]?["output_tokens"] == 20)
    }
  }

  @Test func answerInACodeBlockCostsOneCall() async throws {
    try await World.run(
      conversations: [1: ["a"]],
      model: { call, connection in
        try await call.say("```json\n\(call.memory.serialized)\n```", on: connection)
      }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.modelCalls.count == 1)
      #expect(world.now.conversations[1]?.memory != nil)
    }
  }

  @Test func cutOffAnswerHalvesTheWindowAndIsNeverParsed() async throws {
    let texts = (0..<8).map { "\($0) " + String(repeating: "x", count: 300) }
    try await World.run(
      conversations: [1: texts],
      model: { call, connection in
        let count = call.document["messages"]?.arrayValue?.count ?? 0
        // A whole memory with the mark of a cut-off one: what counts is the mark.
        try await call.say(call.memory.serialized, stop: count > 3 ? "length" : nil, on: connection)
      }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.covered == 8)
      #expect(world.now.conversations[1]?.memory?["facts"]?.arrayValue?.count == 4)
      #expect(world.now.storedMemories.count > 1)
    }
  }

  /// How servers say that a prompt is too long: OpenAI, vLLM of two ages, Anthropic.
  private static let tooLong = [
    ("openai", #"{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}"#),
    (
      "openai",
      #"{"error":{"message":"This model's maximum context length is 9 tokens.","type":"BadRequestError","code":400}}"#
    ),
    (
      "openai",
      #"{"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError"}"#
    ),
    (
      "anthropic",
      #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 8 maximum"}}"#
    ),
  ]

  @Test(arguments: tooLong)
  func promptTooLongHalvesTheWindow(provider: String, body: String) async throws {
    let texts = (0..<8).map { "\($0) " + String(repeating: "x", count: 300) }
    try await World.run(
      conversations: [1: texts], environment: ["LLM_PROVIDER": provider],
      model: { call, connection in
        if call.document["messages"]?.arrayValue?.count ?? 0 > 4 {
          return try await connection.reply(400, json: body)
        }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.covered == 8)
    }
  }

  @Test func answerThatIsAlwaysCutOffFailsTheConversationInTheEnd() async throws {
    try await World.run(
      conversations: [1: ["a", "b", "c"]],
      model: { call, connection in try await call.say("{", stop: "length", on: connection) }
    ) { world, dependencies in
      // The model works, this conversation does not: the record is done, the conversation stays due.
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.modelCalls.count < 20)
      #expect(world.log.lines(about: 1, atLeast: .error).count == 1)
    }
  }

  /// What a model can do instead of an answer, within its API.
  @Test(arguments: [
    #"{"choices":[{"finish_reason":"tool_calls","message":{"content":null,"tool_calls":[{"id":"t"}]}}]}"#,
    #"{"object":"chat.completion","choices":[]}"#,
  ])
  func answerWithoutTextIsAskedForAgainOnceAndFailsItsConversation(body: String) async throws {
    try await World.run(
      conversations: [1: ["fine"], 2: ["bad"]],
      model: { call, connection in
        if call.shows("bad") { return try await connection.reply(json: body) }
        try await call.remember(on: connection)
      }
    ) { world, dependencies in
      try await world.batch(1, 2, with: dependencies, fails: [])
      #expect(world.now.conversations[1]?.memory != nil)
      let calls = world.now.modelCalls.filter { $0.shows("bad") }
      #expect(calls.count == 2)
      #expect(calls.last?.prompt.contains("could not be used") == true)
      let reasons = world.log.lines(about: 2, atLeast: .error).map { $0.metadata["reason"] ?? "" }
      #expect(reasons.count == 1)
      #expect(reasons.allSatisfy { $0.contains("cannot be used") })
    }
  }

  @Test func refusalIsNotAskedAgain() async throws {
    try await World.run(
      conversations: [1: ["a"]],
      model: { call, connection in try await call.say("", stop: "content_filter", on: connection) }
    ) { world, dependencies in
      try await world.batch(1, with: dependencies, fails: [])
      #expect(world.now.modelCalls.count == 1)
    }
  }

  private static let denials: [(Int, String)] = [
    (401, #"{"message":"no","type":"x","code":""}"#), (403, #"{"message":"no","type":"x","code":""}"#),
    (404, #"{"message":"no","type":"x","code":"model_not_found"}"#),
    (429, #"{"message":"no","type":"x","code":"insufficient_quota"}"#),
    (
      400,
      #"{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}"#
    ),
  ]

  @Test(arguments: denials)
  func deniedAccessStopsTheBatchLoudly(status: Int, error: String) async throws {
    let ids = (1...6).map(Int64.init)
    try await World.run(
      conversations: Dictionary(uniqueKeysWithValues: ids.map { ($0, ["text"]) }),
      environment: ["MEMORY_CONCURRENCY": "1"],
      model: { _, connection in try await connection.reply(status, json: #"{"error":\#(error)}"#) }
    ) { world, dependencies in
      let body = TaskMessage.generateMemoryBatch(conversationIDs: ids).body
      try await world.handle([body], dependencies, fails: [0])
      #expect(world.now.modelCalls.count == 1)
      #expect(world.log.lines.contains { $0.level == .critical })
      let end = try #require(world.log.lines.first { $0.message == "batch ended" })
      #expect(end.metadata["handed_over"] == "0")
      #expect(end.metadata["left"] == "5")
    }
  }
}
