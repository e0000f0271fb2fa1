import NIOCore
import NIOHTTP1

extension FunctionHost {
  /// The head of a streamed answer is in.
  func beginStream(of environment: ExecutionEnvironment, contentType: String, on exchange: HTTPExchange) {
    guard let work = environment.work else { return exchange.refuse(.timedOut) }
    environment.work?.answer = StreamedAnswer(contentType: contentType, exchange: exchange, stream: work.call.stream)
    let id = environment.id
    let nonce = work.nonce
    exchange.onBody { [weak self] part in
      self?.assumeIsolated { $0.receive(part, of: id, nonce, on: exchange) }
    }
    work.call.stream?.begin(contentType, exchange)
  }

  private func receive(
    _ part: BodyPart, of id: ExecutionEnvironment.ID, _ nonce: String, on exchange: HTTPExchange
  ) {
    guard let environment = environments[id], environment.work?.nonce == nonce else {
      // The invocation is over: it took too long, say. The rest of the answer is for nobody.
      if case .end = part { exchange.refuse(.timedOut) }
      return
    }
    switch part {
    case .bytes(let bytes):
      guard environment.work?.answer?.take(bytes) == false else { return }
      let limit = environment.work?.answer?.limit ?? 0
      environment.runtime.responseEnded()
      finish(environment, with: .functionError(FunctionError.responseTooLarge(limit)))
      exchange.refuse(.tooLarge(limit))
    case .end(let trailers):
      environment.runtime.responseEnded()
      if let answer = environment.work?.answer { finish(environment, with: Self.outcome(of: answer, trailers)) }
      exchange.accepted()
    case .truncated:
      environment.runtime.responseEnded()
      brokeOff(environment)
    }
  }

  /// A streamed answer may end in trailers that say that it failed midway.
  private static func outcome(of answer: StreamedAnswer, _ trailers: HTTPHeaders?) -> InvocationResult.Outcome {
    guard let type = trailers?.first(name: "lambda-runtime-function-error-type") else {
      return .success(answer.collected, contentType: answer.contentType)
    }
    let body = trailers?.first(name: "lambda-runtime-function-error-body").flatMap { Base64.decode($0) }
    return .functionError(body.map { ByteBuffer(bytes: $0) } ?? FunctionError.body(type, ""))
  }

  /// The connection ended before the answer did: the process is dying, and how it ended will be the error, or it only
  /// gave up this answer. It has a moment to show which.
  func brokeOff(_ environment: ExecutionEnvironment) {
    environment.work?.isBrokenOff = true
    if environment.isAttached { return finishBrokenOff(environment) }
    setDeadline(of: environment, to: .now() + .milliseconds(300))
  }

  /// The process lives: its caller gets half an answer, and is told so.
  func finishBrokenOff(_ environment: ExecutionEnvironment) {
    guard let work = environment.work else { return }
    finish(environment, with: .functionError(FunctionError.truncatedResponse))
    setDeadline(of: environment, to: work.startedAt + TimeAmount(configuration.timeout))
  }
}
