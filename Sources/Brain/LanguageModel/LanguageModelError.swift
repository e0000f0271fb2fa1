/// Why there is no answer, by what has to be done about it.
enum LanguageModelError: Error, Sendable, CustomStringConvertible {
  /// The answer was cut off at the token limit: ask for less.
  case truncated
  /// The prompt is longer than the model can take: ask with less.
  case contextTooLong(String)
  /// The model declined, or a filter did; asking again would not help.
  case refused(String)
  /// The model answered, and none of its answers was of the form that was asked for.
  case unusable(String)
  /// The provider finds the request malformed.
  case invalidRequest(String)
  /// The key, the model's name or the quota is not good: no other conversation will fare better.
  case denied(String)
  /// Overloaded, unreachable or broken, and the retries are used up; `retryAfter` is the provider's own word, or zero
  /// where it was waited for long enough.
  case unavailable(String, retryAfter: Duration?)
  /// The time ran out before there was an answer.
  case deadline

  var description: String {
    switch self {
    case .truncated: "the model's answer was cut off at its token limit"
    case .contextTooLong(let detail): "the prompt is too long for the model: \(detail)"
    case .refused(let reason): "the model refused: \(reason)"
    case .unusable(let fault): "the model's answers cannot be used: \(fault)"
    case .invalidRequest(let detail): "the model's server finds the request invalid: \(detail)"
    case .denied(let detail): "the model's server denies access: \(detail)"
    case .unavailable(let detail, _): "the model is unavailable: \(detail)"
    case .deadline: "the time ran out before the model answered"
    }
  }
}

extension LanguageModelError {
  /// The class of an answer whose status is not 200, by the vendors' documentation.
  ///
  /// - Parameters:
  ///   - code: the error's `code` or `type` in the body, where there is one.
  ///   - detail: the error's message for people.
  init(status: Int, code: String, detail: String, retryAfter: Duration?) {
    let detail = "HTTP \(status)\(code.isEmpty ? "" : " \(code)"): \(detail)"
    switch (status, code) {
    case (_, "context_length_exceeded"), (_, "exceed_context_size_error"), (413, _): self = .contextTooLong(detail)
    case (_, "insufficient_quota"), (_, "billing_error"), (401...404, _): self = .denied(detail)
    case (400, _) where Self.saysUnpaid(detail): self = .denied(detail)
    case (400, _) where Self.saysTooLong(detail): self = .contextTooLong(detail)
    case (408, _), (409, _), (424, _), (429, _), (500..., _): self = .unavailable(detail, retryAfter: retryAfter)
    default: self = .invalidRequest(detail)
    }
  }

  /// Whether an error's words say that the account is used up: Anthropic calls that an invalid request like any other.
  private static func saysUnpaid(_ detail: String) -> Bool {
    says(["credit balance", "billing hard limit", "billing_hard_limit"], in: detail)
  }

  /// Whether an error's words say that the prompt is too long, for which vLLM and Anthropic have no code.
  private static func saysTooLong(_ detail: String) -> Bool {
    says(["maximum context length", "maximum model length", "prompt is too long", "exceed context limit"], in: detail)
  }

  private static func says(_ phrases: [String], in detail: String) -> Bool {
    let words = detail.lowercased()
    return phrases.contains { words.contains($0) }
  }
}
