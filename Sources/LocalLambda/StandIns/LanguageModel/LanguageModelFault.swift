/// What a real model's endpoint does on a bad day, for tests to order.
public enum LanguageModelFault: Sendable, Hashable {
  /// An error with a status; `Retry-After` when given.
  case status(Int, retryAfter: String? = nil)
  /// This text instead of the answer.
  case content(String)
  /// Half of the answer, with `finish_reason` `length`.
  case truncated
  /// A refusal, as OpenAI words it.
  case refusal
  /// Status 200 with a body that is no completion at all.
  case body(String)
  /// No answer, for as long as the caller waits.
  case hang
  /// The connection is closed without an answer.
  case disconnect
}

extension LanguageModelFault {
  /// A fault that is waiting for its requests.
  struct Order: Sendable {
    var fault: LanguageModelFault
    /// How many requests it still hits.
    var remaining: Int
    /// Only requests whose prompt holds this text.
    var needle: String?

    func hits(_ prompt: String) -> Bool {
      remaining > 0 && (needle.map { prompt.firstRange(ofText: $0) != nil } ?? true)
    }
  }
}
