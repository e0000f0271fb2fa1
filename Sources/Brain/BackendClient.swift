import ConversationAPI
import HTTPClient
import JSON

/// The Backend over HTTP. Everything asked of it may be asked twice, so that lost answers are asked for again.
struct BackendClient: Sendable {
  let baseURL: String
  let apiKey: String?
  let http: HTTPClient

  /// A page of a conversation's messages, beginning behind `afterID`.
  func messages(
    of conversationID: Int64, after afterID: Int64, deadline: ContinuousClock.Instant
  ) async throws(BackendError) -> MessagePage {
    let query = afterID > 0 ? "?after_id=\(afterID)" : ""
    return try await get("/conversations/\(conversationID)/messages\(query)", deadline)
  }

  /// All messages that follow `page`, read page by page.
  func messages(
    of conversationID: Int64, following page: MessagePage, deadline: ContinuousClock.Instant
  ) async throws(BackendError) -> [Message] {
    var messages: [Message] = []
    var next = page.nextAfterID
    while let afterID = next {
      let page = try await self.messages(of: conversationID, after: afterID, deadline: deadline)
      messages += page.messages
      if let following = page.nextAfterID, following <= afterID {
        throw .badAnswer("page after \(afterID) is followed by a page after \(following)")
      }
      next = page.nextAfterID
    }
    return messages
  }

  /// The memory of a conversation, nil when there is none, and its version.
  func memory(
    of conversationID: Int64, deadline: ContinuousClock.Instant
  ) async throws(BackendError) -> (memory: Memory?, version: MemoryVersion) {
    let path = "/conversations/\(conversationID)/memory"
    let response = try await send("GET", path, JSONValue?.none, deadline)
    // The Backend is the right one, for its messages were read: so it is the memory that there is not.
    if response.status == 404 || response.status == 410 { return (nil, .absent) }
    return (try decoded(response, path), MemoryVersion(response.headers))
  }

  func conversation(_ id: Int64, deadline: ContinuousClock.Instant) async throws(BackendError) -> Conversation {
    try await get("/conversations/\(id)", deadline)
  }

  /// A user's newest memories, one page of at most `limit`, the newest first.
  func newestMemories(
    ofUser userID: Int64, limit: Int, deadline: ContinuousClock.Instant
  ) async throws(BackendError) -> [Memory] {
    let page: MemoryPage = try await get("/memories?user_id=\(userID)&order=newest&limit=\(limit)", deadline)
    return page.memories
  }

  /// How storing a memory ended.
  enum Stored: Sendable {
    case stored(MemoryVersion)
    /// The Backend holds one that covers more, and keeps that.
    case newerExists
    /// The one to replace is there no more.
    case changedMeanwhile
  }

  /// Stores a memory in the place of the one of that version.
  func store(
    _ memory: NewMemory, replacing version: MemoryVersion, deadline: ContinuousClock.Instant
  ) async throws(BackendError) -> Stored {
    let response = try await send("POST", "/memories", memory, deadline, headers: version.precondition)
    switch response.status {
    case 200, 201: return .stored(MemoryVersion(response.headers))
    case 409: return .newerExists
    case 412: return .changedMeanwhile
    // As with the memory itself: here it is the conversation.
    case 404, 410: throw .notFound
    default: throw BackendError(response)
    }
  }

  /// Stores a message. One that answers a message which has its answer already changes nothing.
  func post(
    _ message: NewMessage, to conversationID: Int64, deadline: ContinuousClock.Instant
  ) async throws(BackendError) {
    let response = try await send("POST", "/conversations/\(conversationID)/messages", message, deadline)
    guard response.status == 200 || response.status == 201 else { throw BackendError(response) }
  }

  // MARK: Exchange

  private func get<Answer: Decodable>(
    _ path: String, _ deadline: ContinuousClock.Instant
  ) async throws(BackendError) -> Answer {
    try decoded(await send("GET", path, JSONValue?.none, deadline), path)
  }

  private func decoded<Answer: Decodable>(
    _ response: HTTPClientResponse, _ path: String
  ) throws(BackendError) -> Answer {
    guard response.status == 200 else { throw BackendError(response) }
    do {
      return try JSONCoding.decode(Answer.self, from: response.body)
    } catch {
      throw .badAnswer("the answer to GET \(path) is not understood: \(error)")
    }
  }

  /// Sends a request, and again up to twice when the Backend cannot answer for the moment: soon, and after some seconds,
  /// for which it may be throttled while it scales up to a whole batch.
  private func send(
    _ method: String, _ path: String, _ body: (some Encodable)?, _ deadline: ContinuousClock.Instant,
    headers: HTTPClientHeaders = [:]
  ) async throws(BackendError) -> HTTPClientResponse {
    var request = HTTPClientRequest(method: method, url: baseURL + path, headers: ["Accept": "application/json"])
    for header in headers { request.headers.set(header.name, to: header.value) }
    if let apiKey { request.headers.set("Authorization", to: "Bearer \(apiKey)") }
    if let body {
      request.headers.set("Content-Type", to: "application/json")
      do {
        request.body = try JSONCoding.encode(body)
      } catch {
        throw .badAnswer("what should be sent cannot be written: \(error)")
      }
    }
    var attempt = 0
    while true {
      let left = deadline - .now
      guard left > .zero else { throw .outOfTime }
      request.timeout = min(left, .seconds(15))
      let failure: BackendError
      do throws(HTTPClientError) {
        let response = try await http.send(request)
        guard BackendError.isTemporary(response.status) else { return response }
        failure = BackendError(response)
      } catch {
        failure = .unavailable("the Backend cannot be reached: \(error)")
      }
      attempt += 1
      let pause = Duration.milliseconds(Int.random(in: attempt == 1 ? 200...400 : 3_000...6_000))
      guard attempt < 3, pause < deadline - .now else { throw failure }
      do {
        try await Task.sleep(for: pause)
      } catch {
        throw failure
      }
    }
  }
}

/// Why the Backend did not do what was asked, by what has to be done about it.
enum BackendError: Error, Sendable, CustomStringConvertible {
  /// The Backend says that it does not know the conversation, or has no such memory: it is gone.
  case notFound
  /// The Backend does not let us in: nothing else will fare better.
  case denied(String)
  /// The Backend, or the way to it, is broken for now, and the retries are used up; or the way leads elsewhere.
  case unavailable(String)
  /// The Backend finds the request wrong.
  case refused(String)
  /// The Backend's answer is not the one that was agreed.
  case badAnswer(String)
  /// The time ran out.
  case outOfTime

  init(_ response: HTTPClientResponse) {
    let problem = try? JSONCoding.decode(ProblemDetails.self, from: response.body)
    let words =
      [problem?.title, problem?.detail].compactMap { $0 }.filter { !$0.isEmpty }
      + (problem?.errors ?? []).map { "\($0.pointer) \($0.detail)" }
    let text = "the Backend answered \(response.status)" + (words.isEmpty ? "" : ": " + words.joined(separator: "; "))
    switch response.status {
    // At a wrong address everything is "not found", and a task that is dropped for that is lost.
    case 404, 410:
      self =
        Self.isMisdirected(response.body, problem)
        ? .unavailable("\(text); does BACKEND_URL lead to the Backend?") : .notFound
    case 401, 403: self = .denied("\(text); is BACKEND_API_KEY the same on both sides?")
    case let status where Self.isTemporary(status): self = .unavailable(text)
    default: self = .refused(text)
    }
  }

  /// The Backend says that it is the path which it does not know; API Gateway says so with a message and nothing else,
  /// and web servers with a page.
  private static func isMisdirected(_ body: [UInt8], _ problem: ProblemDetails?) -> Bool {
    if let problem, problem.status != 0 { return problem.unknown == "path" }
    guard let json = try? JSONValue(parsing: body) else { return !body.isEmpty }
    return json["message"] != nil
  }

  static func isTemporary(_ status: Int) -> Bool {
    status >= 500 || status == 408 || status == 429
  }

  var description: String {
    switch self {
    case .notFound: "the Backend does not know the conversation"
    case .denied(let text), .unavailable(let text), .refused(let text), .badAnswer(let text): text
    case .outOfTime: "the time ran out before the Backend answered"
    }
  }
}
