import HTTPClient
import JSON

/// [Messages](https://docs.anthropic.com/en/api/messages).
struct AnthropicCodec: LanguageModelCodec {
  let model: String
  let apiKey: String?
  let baseURL: String

  /// Anthropic's own tools leave the version out of the base URL, everybody else's put it in: both work.
  var path: String { baseURL.hasSuffix("/v1") ? "/messages" : "/v1/messages" }

  var headers: HTTPClientHeaders {
    var headers: HTTPClientHeaders = ["anthropic-version": "2023-06-01"]
    if let apiKey { headers.set("x-api-key", to: apiKey) }
    return headers
  }

  func body(of request: LanguageModelRequest) -> JSONValue {
    var body: JSONObject = [
      "model": .string(model),
      "max_tokens": .integer(request.maximumOutputTokens),
      "system": .string(request.system),
      "messages": .array(
        request.turns.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] }),
    ]
    if let schema = request.schema {
      body["output_config"] = ["format": ["type": "json_schema", "schema": schema]]
    }
    return .object(body)
  }

  func answer(in body: JSONValue) throws(LanguageModelError) -> LanguageModelAnswer? {
    guard let blocks = body["content"]?.arrayValue else { return nil }
    switch body["stop_reason"]?.stringValue {
    case "max_tokens": throw .truncated
    case "model_context_window_exceeded": throw .contextTooLong("the context window is full")
    case "refusal": throw .refused("it stopped with a refusal")
    default: break
    }
    let text = blocks.compactMap { $0["type"] == "text" ? $0["text"]?.stringValue : nil }.joined()
    guard !text.isEmpty || body["type"] == "message" else { return nil }
    let usage = body["usage"]
    let inputs = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
    let inputTokens = inputs.compactMap { usage?[$0]?.tokenCount }
    return LanguageModelAnswer(
      text: text,
      model: body["model"]?.stringValue ?? model,
      inputTokens: inputTokens.isEmpty ? nil : inputTokens.reduce(0, +),
      outputTokens: usage?["output_tokens"]?.tokenCount)
  }

  func error(in body: JSONValue) -> (code: String, message: String) {
    (body["error"]?["type"]?.stringValue ?? "", body["error"]?["message"]?.stringValue ?? "no message")
  }
}
