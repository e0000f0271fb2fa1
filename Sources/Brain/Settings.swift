import AWSSignature
import HTTPClient
import LambdaRuntime

/// What the environment says, checked once at the start.
struct Settings: Sendable {
  /// The Backend's base URL, without a slash at the end.
  var backendURL: String
  var backendAPIKey: String?
  var queueURL: String
  var maximumMessageBytes: Int
  var aws: AWSConfiguration
  var http: HTTPClientConfiguration
  var model: LanguageModelSettings
  /// How many conversations are worked on at once.
  var memoryConcurrency: Int
  /// The longest part of a conversation that the model is shown at once.
  var memoryWindowTokens: Int
}

/// All that is wrong with the environment, by the variables' names.
struct SettingsError: LambdaReportableError, CustomStringConvertible {
  let problems: [LambdaConfigurationError]

  var errorType: String { "Runtime.ConfigInvalid" }
  var errorMessage: String { description }
  var description: String { problems.map(\.description).joined(separator: "; ") }
}

extension Settings {
  /// Reads every variable of the Brain; the error names all that are missing or malformed, not only the first.
  init(environment: @escaping (String) -> String?) throws(SettingsError) {
    var reader = EnvironmentReader(lookup: environment)
    let backendURL = reader.url("BACKEND_URL")
    let queueURL = reader.url("SQS_QUEUE_URL")
    let model = LanguageModelSettings(
      provider: reader.choice("LLM_PROVIDER", or: .openai),
      baseURL: reader.url("LLM_BASE_URL"),
      apiKey: reader.optional("LLM_API_KEY"),
      model: reader.required("LLM_MODEL"),
      maximumRetries: reader.integer("LLM_MAX_RETRIES", in: 0...10, or: 2))
    let maximumMessageBytes = reader.integer("SQS_MAX_MESSAGE_BYTES", in: 64...1_048_576, or: 262_144)
    let memoryConcurrency = reader.integer("MEMORY_CONCURRENCY", in: 1...1000, or: 8)
    let memoryWindowTokens = reader.integer("MEMORY_WINDOW_TOKENS", in: 100...1_000_000, or: 12_000)
    let aws = reader.aws()
    guard let aws, reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
    self.init(
      backendURL: backendURL, backendAPIKey: reader.optional("BACKEND_API_KEY"), queueURL: queueURL,
      maximumMessageBytes: maximumMessageBytes, aws: aws, http: HTTPClientConfiguration(environment: environment),
      model: model, memoryConcurrency: memoryConcurrency, memoryWindowTokens: memoryWindowTokens)
  }
}

/// Reads variables and collects what is wrong with them. An empty variable counts as unset.
private struct EnvironmentReader {
  let lookup: (String) -> String?
  var problems: [LambdaConfigurationError] = []

  func optional(_ name: String) -> String? {
    lookup(name).flatMap { $0.isEmpty ? nil : $0 }
  }

  mutating func required(_ name: String) -> String {
    guard let value = optional(name) else {
      problems.append(.init(variable: name, problem: "is not set"))
      return ""
    }
    return value
  }

  mutating func url(_ name: String) -> String {
    let value = required(name)
    guard !value.isEmpty else { return "" }
    guard HTTPClientRequest.isURL(value) else {
      problems.append(.init(variable: name, problem: "is not an http or https URL"))
      return ""
    }
    return value.hasSuffix("/") ? String(value.dropLast()) : value
  }

  mutating func integer(_ name: String, in range: ClosedRange<Int>, or standard: Int) -> Int {
    guard let text = optional(name) else { return standard }
    guard let value = Int(text), range.contains(value) else {
      problems.append(
        .init(
          variable: name,
          problem: "is '\(text)', not a whole number from \(range.lowerBound) to \(range.upperBound)"))
      return standard
    }
    return value
  }

  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, or standard: Choice) -> Choice {
    guard let text = optional(name) else { return standard }
    guard let value = Choice(rawValue: text) else {
      let choices = Choice.allCases.map(\.rawValue).joined(separator: " or ")
      problems.append(.init(variable: name, problem: "is '\(text)', not \(choices)"))
      return standard
    }
    return value
  }

  mutating func aws() -> AWSConfiguration? {
    do throws(AWSConfigurationError) {
      return try AWSConfiguration(environment: lookup)
    } catch {
      problems.append(.init(variable: error.variable, problem: error.reason))
      return nil
    }
  }
}
