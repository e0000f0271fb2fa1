internal import JSON

/// OpenAI's side of the stand-in: from the body of a request to that of a response.
enum StandInAnswer {
  enum Response: Sendable {
    case full(Int, [(String, String)], [UInt8])
    /// The connection is closed.
    case none

    static func json(_ status: Int, _ value: JSONValue, headers: [(String, String)] = []) -> Response {
      .full(status, [("content-type", "application/json")] + headers, value.serializedBytes)
    }

    /// An error in OpenAI's shape.
    static func problem(_ status: Int, _ message: String, headers: [(String, String)] = []) -> Response {
      let type = status == 429 ? "rate_limit_error" : status < 500 ? "invalid_request_error" : "server_error"
      let error: JSONValue = [
        "message": .string("stand-in: \(message)"), "type": .string(type), "code": .null, "param": .null,
      ]
      return json(status, ["error": error], headers: headers)
    }
  }

  static let models: JSONValue = [
    "object": "list",
    "data": [["id": .string(LanguageModelStandIn.model), "object": "model", "created": 0, "owned_by": "lambda-local"]],
  ]

  /// Answers a chat completion; nil when there is to be no answer at all.
  static func complete(_ body: [UInt8], state: LanguageModelStandIn.StateBox) async -> Response? {
    let request: JSONValue
    do {
      request = try JSONValue(parsing: body)
    } catch {
      return .problem(400, "the request is not JSON: \(error.reason)")
    }
    guard let messages = request["messages"]?.arrayValue, !messages.isEmpty else {
      return .problem(400, "the request has no messages")
    }
    guard request["stream"]?.boolValue != true else { return .problem(400, "it does not stream; leave stream out") }
    let prompt = messages.last { $0["role"]?.stringValue == "user" }.map(text) ?? ""
    let transcript = Transcript(prompt: prompt)
    let fault = await state.receive(
      LanguageModelStandIn.Request(purpose: transcript?.purpose.rawValue, prompt: prompt, body: body))
    let content = answer(transcript)
    state.log(note(transcript, fault: fault))

    switch fault {
    case nil: return completion(content, to: messages, reason: "stop")
    case .content(let text): return completion(text, to: messages, reason: "stop")
    case .truncated: return completion(String(content.prefix(content.count / 2)), to: messages, reason: "length")
    case .refusal: return completion(nil, refusal: "I cannot help with that.", to: messages, reason: "stop")
    case .body(let text): return .full(200, [("content-type", "text/html")], Array(text.utf8))
    case .status(let status, let retryAfter):
      return .problem(status, "ordered by a test", headers: retryAfter.map { [("retry-after", $0)] } ?? [])
    case .hang: return nil
    case .disconnect: return Response.none
    }
  }

  /// The text of a message: a string, or parts of type text.
  private static func text(_ message: JSONValue) -> String {
    guard let parts = message["content"]?.arrayValue else { return message["content"]?.stringValue ?? "" }
    return parts.compactMap { $0["text"]?.stringValue }.joined(separator: "\n")
  }

  private static func answer(_ transcript: Transcript?) -> String {
    switch transcript?.purpose {
    case .memory: transcript.map { MemoryExtraction.answer(to: $0).json.serialized } ?? ""
    case .reply: transcript.map(ReplyWriting.reply) ?? ""
    case nil: "I am a stand-in for a language model. I only read the prompts of this project's Brain."
    }
  }

  private static func note(_ transcript: Transcript?, fault: LanguageModelFault?) -> String {
    let what =
      transcript.map { "\($0.purpose.rawValue) of \($0.messages.count) messages" } ?? "a prompt of somebody else"
    return fault.map { "\(what): \($0), as ordered" } ?? "\(what), by rules"
  }

  private static func completion(
    _ content: String?, refusal: String? = nil, to messages: [JSONValue], reason: String
  ) -> Response {
    let asked = messages.reduce(0) { $0 + tokens(text($1)) + 4 }
    let answered = tokens(content ?? refusal ?? "")
    return .json(
      200,
      [
        "id": "chatcmpl-stand-in", "object": "chat.completion", "created": 0,
        "model": .string(LanguageModelStandIn.model),
        "choices": [
          [
            "index": 0,
            "message": [
              "role": "assistant", "content": content.map(JSONValue.string) ?? .null,
              "refusal": refusal.map(JSONValue.string) ?? .null,
            ],
            "finish_reason": .string(reason),
          ]
        ],
        "usage": [
          "prompt_tokens": .integer(asked), "completion_tokens": .integer(answered),
          "total_tokens": .integer(asked + answered),
        ],
      ])
  }

  /// About as many as a real tokeniser would count.
  private static func tokens(_ text: String) -> Int { (text.utf8.count + 3) / 4 }
}
