import JSON

/// What a language model is asked, whoever's model it is.
struct LanguageModelRequest: Sendable {
  /// One turn of the conversation with the model.
  struct Turn: Sendable {
    enum Role: String, Sendable {
      case user, assistant
    }

    let role: Role
    let text: String
  }

  /// The rules. Nothing that a user wrote belongs here.
  var system: String
  /// What has been said so far; the last turn is the user's.
  var turns: [Turn]
  /// The JSON Schema that the answer has to fit; nil asks for plain text.
  var schema: JSONValue?
  /// The longest answer, in tokens.
  var maximumOutputTokens: Int
  /// When an answer is of no use any more; retries and pauses end before it.
  var deadline: ContinuousClock.Instant
}

/// A complete answer of a model.
struct LanguageModelAnswer: Sendable {
  let text: String
  /// The model that answered, by its own word.
  let model: String
  let inputTokens: Int?
  let outputTokens: Int?
}
