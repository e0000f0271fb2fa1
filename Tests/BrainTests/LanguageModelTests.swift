import HTTPClient
import JSON
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Brain

/// What goes over the wire to each provider, and how its answers are read.
@Suite struct LanguageModelTests {
  private static let schema: JSONValue = ["type": "object"]

  private func ask(
    _ provider: LanguageModelSettings.Provider, path: String = "/v1", apiKey: String? = "key",
    schema: JSONValue? = LanguageModelTests.schema, retries: Int = 0, timeout: Duration = .seconds(20),
    _ script: @escaping ScriptedHTTPServer.Script
  ) async throws -> (Result<LanguageModelAnswer, LanguageModelError>, [ScriptedRequest]) {
    try await ScriptedHTTPServer.run(script) { server in
      let model = LanguageModel(
        settings: .init(
          provider: provider, baseURL: server.url + path, apiKey: apiKey, model: "small", maximumRetries: retries),
        http: HTTPClient(), logger: Logger(label: "test"))
      let request = LanguageModelRequest(
        system: "rules", turns: [.init(role: .user, text: "question")], schema: schema, maximumOutputTokens: 77,
        deadline: .now + timeout)
      do throws(LanguageModelError) {
        return (.success(try await model.complete(request)), server.requests)
      } catch {
        return (.failure(error), server.requests)
      }
    }
  }

  @Test func openAI() async throws {
    let (result, requests) = try await ask(.openai) { _, connection in
      try await connection.reply(
        json: #"""
          {"id":"c","object":"chat.completion","model":"small-2026","choices":[{"index":0,"finish_reason":"stop",
           "message":{"role":"assistant","content":"answer","refusal":null}}],
           "usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}
          """#)
    }
    let answer = try result.get()
    #expect(answer.text == "answer")
    #expect(answer.model == "small-2026")
    #expect(answer.inputTokens == 12)
    #expect(answer.outputTokens == 3)
    let request = try #require(requests.first)
    #expect(request.target == "/v1/chat/completions")
    #expect(request["Authorization"] == "Bearer key")
    #expect(
      try JSONValue(parsing: request.body) == [
        "model": "small", "max_completion_tokens": 77,
        "messages": [["role": "system", "content": "rules"], ["role": "user", "content": "question"]],
        "response_format": [
          "type": "json_schema", "json_schema": ["name": "memory", "strict": true, "schema": Self.schema],
        ],
      ])
  }

  @Test(arguments: ["", "/v1"])
  func anthropic(path: String) async throws {
    let (result, requests) = try await ask(.anthropic, path: path) { _, connection in
      try await connection.reply(
        json: #"""
          {"id":"m","type":"message","role":"assistant","model":"small-2026","stop_reason":"end_turn",
           "content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"ans"},{"type":"text","text":"wer"}],
           "usage":{"input_tokens":12,"cache_creation_input_tokens":4,"cache_read_input_tokens":5,"output_tokens":3}}
          """#)
    }
    let answer = try result.get()
    #expect(answer.text == "answer")
    #expect(answer.inputTokens == 21)
    #expect(answer.outputTokens == 3)
    let request = try #require(requests.first)
    #expect(request.target == "/v1/messages")
    #expect(request["x-api-key"] == "key")
    #expect(request["anthropic-version"] == "2023-06-01")
    #expect(
      try JSONValue(parsing: request.body) == [
        "model": "small", "max_tokens": 77, "system": "rules",
        "messages": [["role": "user", "content": "question"]],
        "output_config": ["format": ["type": "json_schema", "schema": Self.schema]],
      ])
  }

  @Test func localServerNeedsNoKeyAndPlainTextNoSchema() async throws {
    let (_, requests) = try await ask(.openai, apiKey: nil, schema: nil) { _, connection in
      try await connection.reply(500, body: "")
    }
    let request = try #require(requests.first)
    #expect(request["Authorization"] == nil)
    #expect(try JSONValue(parsing: request.body)["response_format"] == nil)
  }

  private static let absurdCounts: [(LanguageModelSettings.Provider, String)] = [
    (
      .openai,
      #"""
      {"choices":[{"finish_reason":"stop","message":{"content":"answer"}}],
       "usage":{"prompt_tokens":9223372036854775807,"completion_tokens":-1}}
      """#
    ),
    (
      .anthropic,
      #"""
      {"stop_reason":"end_turn","content":[{"type":"text","text":"answer"}],
       "usage":{"input_tokens":9223372036854775807,"cache_read_input_tokens":9223372036854775807,"output_tokens":-1}}
      """#
    ),
  ]

  @Test(arguments: absurdCounts)
  func absurdCountsOfTokensAreLeftOut(provider: LanguageModelSettings.Provider, body: String) async throws {
    let (result, _) = try await ask(provider) { _, connection in try await connection.reply(json: body) }
    let answer = try result.get()
    #expect(answer.text == "answer")
    #expect(answer.inputTokens == nil)
    #expect(answer.outputTokens == nil)
  }

  private static let answersWithoutText: [(LanguageModelSettings.Provider, String)] = [
    (
      .openai,
      #"""
      {"object":"chat.completion","choices":[{"finish_reason":"tool_calls","message":{"role":"assistant",
       "content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]}}]}
      """#
    ),
    (.openai, #"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":[]}}]}"#),
    (.openai, #"{"id":"c","object":"chat.completion","choices":[]}"#),
    (
      .anthropic,
      #"{"type":"message","stop_reason":"tool_use","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]}"#
    ),
    (.anthropic, #"{"type":"message","stop_reason":"end_turn","content":[]}"#),
  ]

  /// The provider works, and it is for the caller to say that such an answer cannot be used.
  @Test(arguments: answersWithoutText)
  func answerWithoutTextIsAnEmptyOne(provider: LanguageModelSettings.Provider, body: String) async throws {
    let (result, requests) = try await ask(provider, retries: 1) { _, connection in
      try await connection.reply(json: body)
    }
    #expect(try result.get().text == "")
    #expect(requests.count == 1)
  }

  @Test func textInPartsIsPutTogether() async throws {
    let (result, _) = try await ask(.openai) { _, connection in
      try await connection.reply(
        json: #"""
          {"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":[
           {"type":"thinking","text":"hm"},{"type":"text","text":"ans"},{"type":"text","text":"wer"}]}}]}
          """#)
    }
    #expect(try result.get().text == "answer")
  }

  @Test func answerWithHalfAnEmojiIsRead() async throws {
    let (result, _) = try await ask(.openai) { _, connection in
      try await connection.reply(
        json: #"{"choices":[{"finish_reason":"stop","message":{"content":"\ud83d, \ud83d\ude00 and \\ud83d"}}]}"#)
    }
    #expect(try result.get().text == "\u{FFFD}, 😀 and \\ud83d")
  }

  /// The classes of failures, as their cases' names.
  private static func kind(_ result: Result<LanguageModelAnswer, LanguageModelError>) -> String {
    switch result {
    case .success: "answer"
    case .failure(let error):
      switch error {
      case .truncated: "truncated"
      case .contextTooLong: "contextTooLong"
      case .refused: "refused"
      case .unusable: "unusable"
      case .invalidRequest: "invalidRequest"
      case .denied: "denied"
      case .unavailable: "unavailable"
      case .deadline: "deadline"
      }
    }
  }

  private static let openAICases: [(Int, String, String)] = [
    (200, #"{"choices":[{"finish_reason":"length","message":{"content":"{"}}]}"#, "truncated"),
    (200, #"{"choices":[{"finish_reason":"content_filter","message":{"content":""}}]}"#, "refused"),
    (200, #"{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"no"}}]}"#, "refused"),
    (200, #"{"choices":[]}"#, "unavailable"), (200, "", "unavailable"), (200, "<html>", "unavailable"),
    (200, #"{"choices":[{"#, "unavailable"),
    (400, #"{"error":{"message":"m","type":"invalid_request_error","code":null}}"#, "invalidRequest"),
    (400, #"{"error":{"message":"m","code":"context_length_exceeded"}}"#, "contextTooLong"),
    (400, #"{"error":{"message":"Billing hard limit has been reached","code":null}}"#, "denied"),
    (400, #"{"error":{"message":"m","code":"billing_hard_limit_reached"}}"#, "denied"),
    (
      400, #"{"error":{"code":400,"message":"m","type":"exceed_context_size_error","n_prompt_tokens":9}}"#,
      "contextTooLong"
    ),
    (
      400,
      #"{"error":{"message":"This model's maximum context length is 9 tokens.","type":"BadRequestError","code":400}}"#,
      "contextTooLong"
    ),
    (
      400,
      #"{"object":"error","message":"This model's maximum context length is 9 tokens. However, …","code":400}"#,
      "contextTooLong"
    ),
    (401, #"{"error":{"message":"m","type":"authentication_error"}}"#, "denied"), (403, "", "denied"),
    (404, #"{"error":"model not found"}"#, "denied"), (413, "", "contextTooLong"), (408, "", "unavailable"),
    (409, "", "unavailable"), (424, "", "unavailable"), (429, "{}", "unavailable"),
    (429, #"{"error":{"message":"m","code":"insufficient_quota"}}"#, "denied"), (500, "", "unavailable"),
    (502, "<html>", "unavailable"), (503, "", "unavailable"), (504, "", "unavailable"),
  ]

  @Test(arguments: openAICases)
  func openAIFailures(status: Int, body: String, kind: String) async throws {
    let (result, _) = try await ask(.openai) { _, connection in try await connection.reply(status, json: body) }
    #expect(Self.kind(result) == kind)
  }

  private static let anthropicCases: [(Int, String, String)] = [
    (200, #"{"type":"message","stop_reason":"max_tokens","content":[{"type":"text","text":"{"}]}"#, "truncated"),
    (200, #"{"stop_reason":"model_context_window_exceeded","content":[]}"#, "contextTooLong"),
    (200, #"{"stop_reason":"refusal","content":[]}"#, "refused"), (200, #"{"content":[]}"#, "unavailable"),
    (400, #"{"type":"error","error":{"type":"invalid_request_error","message":"m"}}"#, "invalidRequest"),
    (
      400,
      #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8 maximum"}}"#,
      "contextTooLong"
    ),
    (400, #"{"type":"error","error":{"type":"billing_error","message":"m"}}"#, "denied"),
    (
      400,
      #"""
      {"type":"error","error":{"type":"invalid_request_error",
       "message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."}}
      """#, "denied"
    ),
    (401, #"{"type":"error","error":{"type":"authentication_error","message":"m"}}"#, "denied"),
    (404, #"{"type":"error","error":{"type":"not_found_error","message":"m"}}"#, "denied"),
    (429, #"{"type":"error","error":{"type":"rate_limit_error","message":"m"}}"#, "unavailable"),
    (529, #"{"type":"error","error":{"type":"overloaded_error","message":"m"}}"#, "unavailable"),
  ]

  @Test(arguments: anthropicCases)
  func anthropicFailures(status: Int, body: String, kind: String) async throws {
    let (result, _) = try await ask(.anthropic) { _, connection in try await connection.reply(status, json: body) }
    #expect(Self.kind(result) == kind)
  }

  @Test func waitThatDoesNotFitIsGivenBack() async throws {
    let (result, requests) = try await ask(.openai, retries: 5) { _, connection in
      try await connection.reply(429, headers: [("Retry-After", "60")], body: "{}")
    }
    guard case .failure(.unavailable(_, let retryAfter)) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(retryAfter == .seconds(60))
    #expect(requests.count == 1)
  }

  @Test func modelThatSaysNothingRunsIntoTheDeadline() async throws {
    let (result, _) = try await ask(.openai, retries: 5, timeout: .milliseconds(200)) { _, connection in
      try await connection.forever()
    }
    #expect(Self.kind(result) == "deadline")
  }

  @Test func stalledAttemptIsGivenUpForAnother() async throws {
    let calls = Mutex(0)
    try await ScriptedHTTPServer.run { _, connection in
      let call = calls.withLock { calls in
        calls += 1
        return calls
      }
      if call == 1 { return try await connection.forever() }
      try await connection.reply(
        json: #"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"answer"}}]}"#)
    } body: { server in
      var settings = LanguageModelSettings(
        provider: .openai, baseURL: server.url, apiKey: nil, model: "m", maximumRetries: 1)
      settings.longestAttempt = .seconds(2)
      let model = LanguageModel(settings: settings, http: HTTPClient(), logger: Logger(label: "test"))
      let answer = try await model.complete(
        LanguageModelRequest(
          system: "", turns: [], schema: nil, maximumOutputTokens: 1, deadline: .now + .seconds(30)))
      #expect(answer.text == "answer")
      #expect(server.requests.count == 2)
    }
  }

  /// As a slow local model's answer does: it takes longer than the first attempt may.
  @Test func answerThatTakesLongerThanTheFirstAttemptStillComes() async throws {
    let (result, requests) = try await ask(.openai, retries: 2, timeout: .seconds(30)) { _, connection in
      try await Task.sleep(for: .seconds(12))
      try await connection.reply(
        json: #"{"choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"answer"}}]}"#)
    }
    #expect(try result.get().text == "answer")
    #expect(requests.count == 2)
  }

  @Test func firstAttemptLeavesTimeForAnotherHoweverLittleThereIs() async throws {
    let (result, requests) = try await ask(.openai, retries: 1, timeout: .seconds(5)) { _, connection in
      try await connection.forever()
    }
    #expect(requests.count == 2)
    #expect(Self.kind(result) == "deadline")
  }

  @Test func onlyAttemptMayTakeAllTheTime() async throws {
    let (result, requests) = try await ask(.openai, retries: 0, timeout: .milliseconds(500)) { _, connection in
      try await connection.forever()
    }
    #expect(requests.count == 1)
    #expect(Self.kind(result) == "deadline")
  }

  @Test(arguments: ["1000", "1000000", "Fri, 31 Dec 9999 23:59:59 GMT"])
  func pauseHoldsForAllCallsOfTheProcessAndEnds(retryAfter: String) async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.reply(503, headers: [("Retry-After", retryAfter)], body: "")
    } body: { server in
      let model = LanguageModel(
        settings: .init(provider: .openai, baseURL: server.url, apiKey: nil, model: "m", maximumRetries: 3),
        http: HTTPClient(), logger: Logger(label: "test"))
      var waits: [Duration] = []
      for _ in 0..<3 {
        let request = LanguageModelRequest(
          system: "", turns: [], schema: nil, maximumOutputTokens: 1, deadline: .now + .seconds(10))
        let error = await #expect(throws: LanguageModelError.self) { try await model.complete(request) }
        if case .unavailable(_, let wait?)? = error { waits.append(wait) }
      }
      #expect(server.requests.count == 1)
      // The first call is told what the provider asks for, the others how long this process will not ask again.
      #expect(waits.count == 3)
      #expect(waits.dropFirst().allSatisfy { $0 <= RetryDelay.longest }, "\(waits)")
    }
  }
}
