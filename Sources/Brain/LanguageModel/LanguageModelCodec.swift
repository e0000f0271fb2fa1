import HTTPClient
import JSON

/// How one vendor's API says what ``LanguageModelRequest`` and ``LanguageModelAnswer`` mean.
protocol LanguageModelCodec: Sendable {
  /// The path below the base URL.
  var path: String { get }
  /// What identifies the caller, and the API's version.
  var headers: HTTPClientHeaders { get }
  /// The request's body.
  func body(of request: LanguageModelRequest) -> JSONValue
  /// The answer in a body that came with status 200; nil when that body is not of this API. Where there is no text, as
  /// the model calls a tool or has nothing to say, the answer has an empty one: whoever asked cannot use it, but the
  /// provider works.
  func answer(in body: JSONValue) throws(LanguageModelError) -> LanguageModelAnswer?
  /// The code and the message of an error's body.
  func error(in body: JSONValue) -> (code: String, message: String)
}

extension JSONValue {
  /// How many tokens a server says it counted; nil for a number that no question or answer can have. What is said is
  /// added up, and must not overflow.
  var tokenCount: Int? {
    guard let count = int64Value, (0...1 << 31).contains(count) else { return nil }
    return Int(count)
  }
}

extension LanguageModelSettings {
  var codec: any LanguageModelCodec {
    switch provider {
    case .openai: OpenAICodec(model: model, apiKey: apiKey)
    case .anthropic: AnthropicCodec(model: model, apiKey: apiKey, baseURL: baseURL)
    }
  }
}
