/// Which model is asked, where, and how patiently.
struct LanguageModelSettings: Sendable {
  /// The wire format that the endpoint speaks.
  enum Provider: String, Sendable, CaseIterable {
    case openai, anthropic
  }

  var provider: Provider
  /// The endpoint, with its version: `http://127.0.0.1:11434/v1`.
  var baseURL: String
  var apiKey: String?
  var model: String
  /// How often a call is tried again after its first failure.
  var maximumRetries: Int
  /// The longest that an attempt may last when another one can follow. Much less would be too short for a small machine
  /// that runs its model on the processor, and much more would let one stalled connection use up the invocation.
  var longestAttempt = Duration.seconds(60)
}
