import HTTPClient
import JSON
import Logging
import Synchronization

/// A language model behind HTTP: one call for each question, tried again while that can help.
///
/// When the provider asks for a pause, every conversation that this process works on keeps it.
final class LanguageModel: Sendable {
  private let settings: LanguageModelSettings
  private let codec: any LanguageModelCodec
  private let http: HTTPClient
  private let logger: Logger
  private let pausedUntil = Mutex<ContinuousClock.Instant?>(nil)

  init(settings: LanguageModelSettings, http: HTTPClient, logger: Logger) {
    self.settings = settings
    self.codec = settings.codec
    self.http = http
    self.logger = logger
  }

  /// Asks, and waits for the whole answer.
  func complete(_ request: LanguageModelRequest) async throws(LanguageModelError) -> LanguageModelAnswer {
    let body = codec.body(of: request).serializedBytes
    var attempt = 0
    while true {
      try await waitForPause(before: request.deadline)
      do {
        return try await send(body, attempt: attempt, deadline: request.deadline)
      } catch .unavailable(let detail, let asked) {
        let delay = asked ?? RetryDelay.ownChoice(attempt: attempt)
        if let asked { pause(for: asked) }
        attempt += 1
        // A wait that does not fit is the caller's to keep: it knows how to come back later.
        guard attempt <= settings.maximumRetries, delay <= RetryDelay.longest,
          ContinuousClock.now + delay < request.deadline
        else { throw .unavailable(detail, retryAfter: asked) }
        logger.warning(
          "the model is asked again", metadata: ["reason": "\(detail)", "retry": "\(attempt)", "after": "\(delay)"])
        try await sleep(for: delay)
      }
    }
  }

  /// How long an attempt may last, counted from 0. Only the first is cut short, against a connection that stalls, and
  /// leaves most of the time: an answer that takes longer, as a slow local model's does, still comes in the next one.
  private func timeout(ofAttempt attempt: Int, left: Duration) -> Duration {
    attempt == 0 && settings.maximumRetries > 0 ? min(settings.longestAttempt, left / 3) : left
  }

  private func send(
    _ body: [UInt8], attempt: Int, deadline: ContinuousClock.Instant
  ) async throws(LanguageModelError) -> LanguageModelAnswer {
    let left = deadline - ContinuousClock.now
    guard left > .zero else { throw .deadline }
    var headers = codec.headers
    headers.set("Content-Type", to: "application/json")
    let response: HTTPClientResponse
    do {
      response = try await http.send(
        HTTPClientRequest(
          method: "POST", url: settings.baseURL + codec.path, headers: headers, body: body,
          timeout: timeout(ofAttempt: attempt, left: left), maximumResponseBytes: 8 << 20))
    } catch {
      // libcurl counts whole milliseconds, and may be through a little early.
      if error.kind == .timedOut, deadline - .now < .milliseconds(5) { throw .deadline }
      // Nobody gains by another wait after one that was too long.
      throw .unavailable(error.description, retryAfter: error.kind == .timedOut ? .zero : nil)
    }
    let json = try? JSONValue(parsingAnswer: response.body)
    guard response.status == 200 else {
      let (code, message) = json.map(codec.error(in:)) ?? ("", "an answer that is not JSON")
      throw LanguageModelError(
        status: response.status, code: code, detail: message,
        retryAfter: RetryDelay.asked(by: response.headers) ?? RetryDelay.implied(by: response.status))
    }
    // A proxy's error page can come with 200 as well: not this API's answer is a fault of the way, worth another try.
    guard let json, let answer = try codec.answer(in: json) else {
      throw .unavailable("HTTP 200 with something else than an answer", retryAfter: nil)
    }
    return answer
  }

  /// Makes all calls wait, for no longer than a pause can be: after that one call finds out whether the outage is over.
  private func pause(for duration: Duration) {
    let end = ContinuousClock.now + min(duration, RetryDelay.longest)
    pausedUntil.withLock { $0 = max($0 ?? end, end) }
  }

  private func waitForPause(before deadline: ContinuousClock.Instant) async throws(LanguageModelError) {
    guard let end = pausedUntil.withLock({ $0 }) else { return }
    let left = end - ContinuousClock.now
    guard left > .zero else { return }
    guard end < deadline else { throw .unavailable("the provider asked for a pause", retryAfter: left) }
    try await sleep(for: left)
  }

  private func sleep(for duration: Duration) async throws(LanguageModelError) {
    do {
      try await Task.sleep(for: duration)
    } catch {
      throw .unavailable("cancelled while waiting for the model", retryAfter: nil)
    }
  }
}
