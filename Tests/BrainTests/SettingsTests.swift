import LambdaRuntime
import Testing

@testable import Brain

@Suite struct SettingsTests {
  static let complete = [
    "BACKEND_URL": "http://127.0.0.1:8080/", "SQS_QUEUE_URL": "http://127.0.0.1:9324/000000000000/memory-tasks",
    "LLM_BASE_URL": "http://127.0.0.1:11434/v1", "LLM_MODEL": "small", "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
  ]

  private func settings(_ changes: [String: String?] = [:]) throws(SettingsError) -> Settings {
    var environment = Self.complete
    for (name, value) in changes { environment[name] = value }
    return try Settings(environment: { environment[$0] })
  }

  @Test func defaults() throws {
    let settings = try settings()
    #expect(settings.backendURL == "http://127.0.0.1:8080")
    #expect(settings.backendAPIKey == nil)
    #expect(settings.maximumMessageBytes == 262_144)
    #expect(settings.model.provider == .openai)
    #expect(settings.model.maximumRetries == 2)
    #expect(settings.memoryConcurrency == 8)
    #expect(settings.memoryWindowTokens == 12_000)
  }

  @Test func everythingIsRead() throws {
    let settings = try settings([
      "BACKEND_API_KEY": "key", "LLM_PROVIDER": "anthropic", "LLM_API_KEY": "llm", "LLM_MAX_RETRIES": "0",
      "MEMORY_CONCURRENCY": "64", "MEMORY_WINDOW_TOKENS": "500", "SQS_MAX_MESSAGE_BYTES": "1048576",
    ])
    #expect(settings.backendAPIKey == "key")
    #expect(settings.model.provider == .anthropic)
    #expect(settings.model.apiKey == "llm")
    #expect(settings.model.maximumRetries == 0)
    #expect(settings.memoryConcurrency == 64)
    #expect(settings.memoryWindowTokens == 500)
    #expect(settings.maximumMessageBytes == 1_048_576)
  }

  @Test(
    arguments: [
      ("BACKEND_URL", nil), ("BACKEND_URL", ""), ("BACKEND_URL", "localhost:8080"), ("BACKEND_URL", "http://"),
      ("SQS_QUEUE_URL", nil), ("SQS_QUEUE_URL", "memory-tasks"), ("LLM_BASE_URL", "ftp://x"), ("LLM_MODEL", nil),
      ("LLM_PROVIDER", "OpenAI"), ("LLM_MAX_RETRIES", "-1"), ("LLM_MAX_RETRIES", "two"), ("MEMORY_CONCURRENCY", "0"),
      ("MEMORY_CONCURRENCY", "8.5"), ("SQS_MAX_MESSAGE_BYTES", "63"), ("SQS_MAX_MESSAGE_BYTES", "1048577"),
      ("AWS_ACCESS_KEY_ID", nil), ("AWS_SECRET_ACCESS_KEY", ""),
    ] as [(String, String?)])
  func whatIsWrongIsNamed(variable: String, value: String?) throws {
    let error = try #require(throws: SettingsError.self) { try settings([variable: value]) }
    #expect(error.problems.map(\.variable) == [variable])
    #expect(error.errorMessage.contains(variable))
  }

  @Test func allProblemsAreToldAtOnce() throws {
    let error = try #require(throws: SettingsError.self) {
      try Settings(environment: { ["LLM_PROVIDER": "x", "AWS_REGION": "eu-central-1"][$0] })
    }
    #expect(
      error.problems.map(\.variable)
        == ["BACKEND_URL", "SQS_QUEUE_URL", "LLM_PROVIDER", "LLM_BASE_URL", "LLM_MODEL", "AWS_ACCESS_KEY_ID"])
    #expect(error.errorType == "Runtime.ConfigInvalid")
  }
}
