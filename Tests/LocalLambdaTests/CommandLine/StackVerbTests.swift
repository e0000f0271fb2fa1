import FoundationEssentials
import JSON
import Subprocess
@testable import LocalLambda
import TestSupport
import Testing

/// `up`, `invoke` and `demo` with the project's own functions, database and all.
@Suite(.timeLimit(.minutes(5))) struct StackVerbTests {
  static let samples = [
    #"{"conversation":"name","user":"+12025550190","messages":[{"role":"user","text":"Hello, my name is Ana."},"#
      + #"{"role":"assistant","text":"Hello Ana."}],"later":[{"role":"user","text":"I've moved to Lisbon."}]}"#,
    #"{"conversation":"home","user":"+12025550191","messages":[{"role":"user","text":"I live in Bremen."}]}"#,
  ].joined(separator: "\n")

  /// Runs the body with a folder that holds the samples; it is removed afterwards.
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = "/tmp/lambda-local-verbs-\(RandomID.uuid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(Self.samples.utf8).write(to: URL(filePath: folder + "/samples.jsonl"))
    try await body(folder)
  }

  private func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> CommandProcess.Ending {
    try await CommandProcess.run(arguments, environment: environment, workingDirectory: TestPaths.repository)
  }

  private func url(_ what: String, in said: String) throws -> String {
    let line = try #require(said.split(separator: "\n").first { $0.contains("✓ \(what)") })
    return String(try #require(line.firstMatch(of: #/http://[0-9.:]+[0-9]/#)).output)
  }

  @Test func theDemoEndsWithAllMemories() async throws {
    try await withFolder { folder in
      let ending = try await run(["demo", "--samples", folder + "/samples.jsonl", "--json"])
      #expect(ending.code == 0, "\(ending.error)")
      let memories = try ending.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      #expect(memories.count == 2)
      for memory in memories {
        #expect(memory["memory_data"]?["provenance"]?["model"] == "stand-in")
      }
      func facts(_ memory: JSONValue) -> [String] {
        memory["memory_data"]?["facts"]?.arrayValue?.compactMap { $0["text"]?.stringValue } ?? []
      }
      #expect(facts(memories[0]) == ["The user's name is Ana.", "The user lives in Lisbon."])
      #expect(facts(memories[1]) == ["The user lives in Bremen."])
      #expect(ending.error.contains("The user lives in Lisbon."), "the table is for people")
      #expect(ending.error.contains("2 of 2 conversations are remembered"))
      #expect(ending.error.contains("stand-in"))
    }
  }

  @Test func aDemoWithoutMemoriesFails() async throws {
    let model = try await LanguageModelStandIn.start()
    model.fail(.status(400), times: 1000)
    try await withFolder { folder in
      let ending = try await run(
        ["demo", "--samples", folder + "/samples.jsonl", "--patience", "2", "--json"],
        environment: ["LLM_BASE_URL": model.baseURL, "LLM_MODEL": "m"])
      #expect(ending.code == 1)
      #expect(ending.error.contains("2 of 2 memories are missing: name, home"), "\(ending.error)")
      #expect(ending.output.isEmpty)
    }
    await model.shutdown()
  }

  @Test(arguments: [
    (["LLM_BASE_URL": "http://127.0.0.1:1/v1"], "brain cannot start: LLM_MODEL is not set"),
    (["INACTIVITY_THRESHOLD": "2 hours"], #"backend cannot start: INACTIVITY_THRESHOLD is "2 hours""#),
  ])
  func aDemoWhoseFunctionCannotStartSaysWhy(environment: [String: String], reason: String) async throws {
    try await withFolder { folder in
      let ending = try await run(["demo", "--samples", folder + "/samples.jsonl"], environment: environment)
      #expect(ending.code == 78)
      #expect(ending.error.contains("lambda-local: \(reason)"), "\(ending.error)")
    }
  }

  /// What somebody may keep and have exported; whoever uses any of it here fails, for nothing of it is there.
  static let keptParts = [
    "DATABASE_URL": "postgresql://127.0.0.1:1/kept", "PGHOST": "127.0.0.1", "PGPORT": "1",
    "SQS_QUEUE_URL": "http://127.0.0.1:1/000000000000/kept", "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1", "BACKEND_URL": "http://127.0.0.1:1",
  ]

  @Test(arguments: [
    (["demo", "--json"], #""model":"stand-in""#),
    (["invoke", "backend", "--event", "events/backend/trigger.json"], #""statusCode":202"#),
    (["invoke", "brain", "--event", "events/brain/batch.json"], #"{"batchItemFailures":[]}"#),
  ])
  func samplesAreNotForWhatSomebodyKeeps(verb: [String], output: String) async throws {
    try await withFolder { folder in
      let ending = try await run(verb + ["--samples", folder + "/samples.jsonl"], environment: Self.keptParts)
      #expect(ending.code == 0, "\(ending.error)")
      #expect(ending.output.contains(output), "\(ending.output)")
      let unused = "DATABASE_URL, SQS_QUEUE_URL, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SQS, BACKEND_URL of the environment"
      #expect(ending.error.contains("\(unused): not used"), "\(ending.error)")
    }
  }

  @Test func invokeIsNotForWhatSomebodyKeeps() async throws {
    let ending = try await run(
      ["invoke", "backend", "--event", "events/backend/health.json"],
      environment: ["DATABASE_URL": "postgresql://127.0.0.1:1/kept"])
    #expect(ending.code == 0, "\(ending.error)")
    #expect(try JSONValue(parsing: ending.output)["statusCode"] == 200)
    #expect(ending.error.contains("DATABASE_URL of the environment: not used"), "\(ending.error)")
  }

  @Test func upUsesWhatIsSet() async throws {
    let ending = try await CommandProcess.run(
      ["up", "--port", "0", "--http-port", "0", "--sqs-port", "0", "--ephemeral"],
      environment: ["DATABASE_URL": "postgresql://127.0.0.1:1/none"], until: "Ctrl-C stops it",
      workingDirectory: TestPaths.repository
    ) { said in
      #expect(!said.contains("PostgreSQL"), "none is started")
      let api = try OneShotClient(url: try url("HTTP gateway", in: said))
      #expect(try await api.send("GET", "/health").status == 503)
    }
    #expect(ending.code == 0, "\(ending.error)")
  }

  @Test func upSaysWhyAFunctionCannotStart() async throws {
    let ending = try await CommandProcess.run(
      ["up", "--port", "0", "--http-port", "0", "--sqs-port", "0", "--ephemeral"],
      environment: ["DATABASE_URL": "postgresql://127.0.0.1:1/none", "LLM_BASE_URL": "http://127.0.0.1:1/v1"],
      until: "Ctrl-C stops it", workingDirectory: TestPaths.repository
    ) { said in
      let lambda = try url("Lambda's APIs", in: said)
      let failed = try await run(["invoke", "brain", "--endpoint", lambda])
      #expect(failed.code == 1)
    }
    #expect(ending.error.contains("LLM_MODEL is not set"), "\(ending.error)")
  }

  @Test func upKeepsItsStateAndIsAlone() async throws {
    try await withFolder { folder in
      let arguments = ["up", "--port", "0", "--http-port", "0", "--sqs-port", "0", "--state", folder + "/state"]
      let first = try await CommandProcess.run(
        arguments, until: "Ctrl-C stops it", signal: .interrupt, workingDirectory: TestPaths.repository
      ) { said in
        let address = try url("HTTP gateway", in: said)
        #expect(said.contains("  ApiUrl  \(address)\n"), "the template's outputs: \(said)")
        let api = try OneShotClient(url: address)
        let made = try await api.send(
          "POST", "/users", headers: [("content-type", "application/json")],
          body: Array(#"{"phone_number":"+12025550192"}"#.utf8))
        #expect(made.status == 201)
        let second = try await run(arguments)
        #expect(second.code == 69)
        #expect(second.error.contains("in use by another lambda-local"), "\(second.error)")
      }
      #expect(first.code == 0, "\(first.error)")
      let again = try await CommandProcess.run(
        arguments, until: "Ctrl-C stops it", workingDirectory: TestPaths.repository
      ) { said in
        let api = try OneShotClient(url: try url("HTTP gateway", in: said))
        #expect(try await api.send("GET", "/users/1").status == 200)
      }
      #expect(again.code == 0, "\(again.error)")
    }
  }

  @Test func aTakenPortIsToldWithTheOptionToChange() async throws {
    let other = try await LanguageModelStandIn.start()
    let ending = try await run(
      ["up", "--port", "0", "--http-port", "0", "--sqs-port", "\(other.port)", "--ephemeral"])
    #expect(ending.code == 69)
    #expect(ending.error.contains("port \(other.port)") && ending.error.contains("--sqs-port"), "\(ending.error)")
    await other.shutdown()
  }

  @Test func invokeStartsWhatTheFunctionNeeds() async throws {
    try await withFolder { folder in
      let health = try await run(["invoke", "backend", "--event", "events/backend/health.json"])
      #expect(health.code == 0, "\(health.error)")
      #expect(try JSONValue(parsing: health.output)["statusCode"] == 200)

      let batch = try await run([
        "invoke", "brain", "--event", "events/brain/batch.json", "--samples", folder + "/samples.jsonl",
      ])
      #expect(batch.code == 0, "\(batch.error)")
      #expect(batch.output == "{\"batchItemFailures\":[]}\n")
      #expect(batch.error.contains("memory stored"), "the log goes to standard error: \(batch.error)")
    }
  }

  @Test func invokeFailsWithTheFunction() async throws {
    let ending = try await run(
      ["invoke", "brain", "--event", "events/brain/batch.json"], environment: ["MEMORY_CONCURRENCY": "many"])
    #expect(ending.code == 1)
    #expect((ending.output + ending.error).contains("MEMORY_CONCURRENCY"), "\(ending.output) \(ending.error)")
  }
}
