import HTTPClient
import JSON

/// [Chat Completions](https://platform.openai.com/docs/api-reference/chat/create), as OpenAI, vLLM, Ollama, llama.cpp
/// and many others serve it.
struct OpenAICodec: LanguageModelCodec {
  let model: String
  let apiKey: String?

  var path: String { "/chat/completions" }

  var headers: HTTPClientHeaders {
    guard let apiKey else { return [:] }
    return ["Authorization": "Bearer \(apiKey)"]
  }

  func body(of request: LanguageModelRequest) -> JSONValue {
    var messages: [JSONValue] = [["role": "system", "content": .string(request.system)]]
    for turn in request.turns {
      messages.append(["role": .string(turn.role.rawValue), "content": .string(turn.text)])
    }
    var body: JSONObject = [
      "model": .string(model),
      "messages": .array(messages),
      "max_completion_tokens": .integer(request.maximumOutputTokens),
    ]
    if let schema = request.schema {
      body["response_format"] = [
        "type": "json_schema",
        "json_schema": ["name": "memory", "strict": true, "schema": schema],
      ]
    }
    return .object(body)
  }

  func answer(in body: JSONValue) throws(LanguageModelError) -> LanguageModelAnswer? {
    guard let choices = body["choices"]?.arrayValue else { return nil }
    let message = choices.first?["message"]
    guard message?.objectValue != nil || (choices.isEmpty && body["object"] == "chat.completion") else { return nil }
    if let refusal = message?["refusal"]?.stringValue { throw .refused(refusal) }
    switch choices.first?["finish_reason"]?.stringValue {
    case "length": throw .truncated
    case "content_filter": throw .refused("its content filter stopped the answer")
    default: break
    }
    guard let text = Self.text(of: message?["content"] ?? .null) else { return nil }
    return LanguageModelAnswer(
      text: text,
      model: body["model"]?.stringValue ?? model,
      inputTokens: body["usage"]?["prompt_tokens"]?.tokenCount,
      outputTokens: body["usage"]?["completion_tokens"]?.tokenCount)
  }

  /// Some servers give the text in parts, as the API has them in questions; with a tool's call it is null.
  private static func text(of content: JSONValue) -> String? {
    switch content {
    case .null: ""
    case .string(let text): text
    case .array(let parts): parts.compactMap { $0["type"] == "text" ? $0["text"]?.stringValue : nil }.joined()
    case .bool, .number, .object: nil
    }
  }

  func error(in body: JSONValue) -> (code: String, message: String) {
    // Servers differ in where they put it: an object, a plain text, `code` a text or the status again.
    let error = body["error"] ?? body
    return (
      error["code"]?.stringValue ?? error["type"]?.stringValue ?? "",
      error["message"]?.stringValue ?? error.stringValue ?? "no message"
    )
  }
}
