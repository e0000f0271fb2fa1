import FoundationEssentials
import JSON
import Testing

@testable import LocalLambda

@Suite(.timeLimit(.minutes(5))) struct LanguageModelStandInTests {
  static let document = #"""
    {"purpose":"memory","known_facts":[],"known_open_items":[],"earlier_messages":[],"messages":[
    {"ref":"m1","role":"user","at":"2026-03-02T09:00:00Z","text":"My name is Ana."}]}
    """#

  static func prompt(_ document: String) -> [UInt8] {
    let request: JSONValue = [
      "model": "gpt-x",
      "messages": [
        ["role": "system", "content": "Rules. <<<DATA none"],
        ["role": "user", "content": .string("Read this.\n<<<DATA 4af1\n\(document)\nDATA 4af1>>>\nThat was all.")],
      ],
    ]
    return request.serializedBytes
  }

  private func withStandIn(
    _ body: (LanguageModelStandIn, OneShotClient) async throws -> Void
  ) async throws {
    let standIn = try await LanguageModelStandIn.start()
    let client = try OneShotClient(url: standIn.baseURL)
    do {
      try await body(standIn, client)
    } catch {
      await standIn.shutdown()
      throw error
    }
    await standIn.shutdown()
  }

  private func ask(_ client: OneShotClient, _ document: String = document, timeout: Duration = .seconds(20))
    async throws
    -> (status: Int, json: JSONValue?, response: OneShotClient.Response)
  {
    let response = try await client.send("POST", "/chat/completions", body: Self.prompt(document), timeout: timeout)
    return (response.status, try? JSONValue(parsing: response.body), response)
  }

  @Test func answersAMemoryPromptInTheShapeThatItAsksFor() async throws {
    try await withStandIn { _, client async throws in
      let (status, json, _) = try await ask(client)
      #expect(status == 200)
      #expect(json?["model"]?.stringValue == "stand-in")
      let choice = try #require(json?["choices"]?.arrayValue?.first)
      #expect(choice["finish_reason"] == "stop")
      let usage = try #require(json?["usage"])
      #expect((usage["prompt_tokens"]?.int64Value ?? 0) > 20)
      #expect((usage["completion_tokens"]?.int64Value ?? 0) > 20)
      let memory = try JSONValue(parsing: try #require(choice["message"]?["content"]?.stringValue))
      let wanted: Set = [
        "title", "summary", "language", "outcome", "sentiment", "topics", "facts", "open_items", "closed_items",
        "retracted",
        "entities",
      ]
      #expect(Set(memory.objectValue?.map(\.name) ?? []) == wanted)
      let fact = try #require(memory["facts"]?.arrayValue?.first)
      let properties: Set = ["kind", "about", "text", "confidence", "valid_from", "valid_to", "evidence", "replaces"]
      #expect(Set(fact.objectValue?.map(\.name) ?? []) == properties)
      #expect(fact["text"] == "The user's name is Ana.")
      #expect(fact["evidence"] == ["m1"])
      #expect(fact["replaces"] == .null as JSONValue)
    }
  }

  @Test func answersAReplyPromptInPlainText() async throws {
    try await withStandIn { standIn, client async throws in
      let document = #"""
        {"purpose":"reply","notes":["The user's table is at Osteria Lucca."],"answer_to":"m1","messages":[
        {"ref":"m1","role":"user","at":"2026-03-02T09:00:00Z","text":"Where is my table?"}]}
        """#
      let content = try await ask(client, document).json?["choices"]?.arrayValue?.first?["message"]?["content"]?
        .stringValue
      #expect(content?.contains("Where is my table?") == true)
      #expect(content?.contains("Osteria Lucca") == true)
      #expect(standIn.requests.map(\.purpose) == ["reply"])
    }
  }

  @Test func namesItselfInTheListOfModels() async throws {
    try await withStandIn { _, client async throws in
      let models = try JSONValue(parsing: try await client.send("GET", "/models").body)
      #expect(models["data"]?.arrayValue?.first?["id"] == "stand-in")
    }
  }

  @Test(arguments: [
    ("POST", "/chat/completions", "not json", 400), ("POST", "/chat/completions", "{}", 400),
    ("POST", "/chat/completions", #"{"messages":[{"role":"user","content":"x"}],"stream":true}"#, 400),
    ("GET", "/chat/completions", "", 405), ("GET", "/nothing", "", 404),
  ]) func saysWhatIsWrong(_ method: String, _ path: String, _ body: String, _ status: Int) async throws {
    try await withStandIn { _, client async throws in
      let response = try await client.send(method, path, body: Array(body.utf8))
      #expect(response.status == status)
      let problem = try JSONValue(parsing: response.body)["error"]
      #expect(problem?["message"]?.stringValue?.hasPrefix("stand-in: ") == true)
    }
  }

  @Test func failsAsOrderedAndThenWorksAgain() async throws {
    try await withStandIn { standIn, client async throws in
      standIn.fail(.status(429, retryAfter: "7"))
      let limited = try await ask(client)
      #expect(limited.status == 429)
      #expect(limited.response.header("Retry-After") == "7")

      standIn.fail(.truncated)
      let half = try await ask(client).json?["choices"]?.arrayValue?.first
      #expect(half?["finish_reason"] == "length")
      #expect(throws: JSONParseError.self) {
        try JSONValue(parsing: half?["message"]?["content"]?.stringValue ?? "")
      }

      standIn.fail(.body("<html>"))
      let page = try await ask(client).response
      #expect(page.body == Array("<html>".utf8))

      standIn.fail(.refusal)
      let refused = try await ask(client).json?["choices"]?.arrayValue?.first?["message"]
      #expect(refused?["content"] == .null as JSONValue)
      #expect(refused?["refusal"]?.stringValue != nil)

      standIn.fail(.disconnect)
      await #expect(throws: OneShotError.self) { try await ask(client) }

      standIn.fail(.hang)
      await #expect(throws: OneShotError.self) { try await ask(client, timeout: .milliseconds(300)) }

      #expect(try await ask(client).status == 200)
    }
  }

  @Test func aFaultHitsOnlyThePromptsItIsOrderedFor() async throws {
    try await withStandIn { standIn, client async throws in
      standIn.fail(.status(500), times: 2, whenPromptContains: "Bob")
      let bob = Self.document.replacing("Ana", with: "Bob")
      #expect(try await ask(client).status == 200)
      #expect(try await ask(client, bob).status == 500)
      #expect(try await ask(client, bob).status == 500)
      #expect(try await ask(client, bob).status == 200)
    }
  }

  @Test func aHeldModelAnswersWhenItIsReleased() async throws {
    try await withStandIn { standIn, client async throws in
      standIn.hold()
      async let first = ask(client)
      async let second = ask(client)
      await standIn.waitForRequests(2)
      standIn.release()
      #expect(try await first.status == 200)
      #expect(try await second.status == 200)
    }
  }

  /// The shared dialogues say what a memory should hold; they are not part of the repository.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: dialogues)))
  func findsWhatTheSharedDialoguesExpect() throws {
    let text = String(decoding: try #require(FileManager.default.contents(atPath: Self.dialogues)), as: UTF8.self)
    for line in text.split(separator: "\n") {
      let dialogue = try JSONValue(parsing: String(line))
      let messages = (dialogue["messages"]?.arrayValue ?? []).enumerated().map { index, message in
        Transcript.Message(
          ref: "m\(index + 1)", role: message["role"]?.stringValue ?? "", at: message["at"]?.stringValue,
          text: message["text"]?.stringValue ?? "")
      }
      let known = [Transcript.Known(ref: "f1", kind: "fact", text: "The user is allergic to peanuts.")]
      let memory = MemoryExtraction.answer(
        to: Transcript(purpose: .memory, knownFacts: known, messages: messages))
      let kept = memory.json.serialized
      for expected in dialogue["facts"]?.arrayValue ?? [] {
        let text = expected["text"]?.stringValue ?? ""
        let name = "\(dialogue["conversation"]?.stringValue ?? ""): \(text)"
        if expected["must_not_be_kept"] == true {
          #expect(!kept.contains(text), "\(name)")
        } else if expected["retracted"] == true {
          #expect(memory.retracted.map(\.ref) == ["f1"], "\(name)")
        } else if !text.hasPrefix("allergic") {
          let words = Sentence.split(text).flatMap(\.words).map(\.folded.prefix4)
            .filter { !["name", "pref", "budg", "jahr", "to"].contains($0) }
          let facts = memory.facts.map { $0.text.lowercased() }.joined(separator: "\n")
          #expect(words.allSatisfy { facts.contains($0) }, "\(name) in \(facts)")
        }
      }
    }
  }

  static let dialogues = TestPaths.repository + "/../shared/data/authored/dialogues.jsonl"
}

extension String {
  /// Words meet by their first letters: texts, text.
  fileprivate var prefix4: String { String(prefix(4)) }
}
