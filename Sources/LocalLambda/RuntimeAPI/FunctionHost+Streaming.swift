import NIOCore
import NIOHTTP1

extension FunctionHost {
  /// The head of a streamed answer is in.
  func beginStream(
    of environment: ExecutionEnvironment, _ requestID: String, contentType: String, on exchange: HTTPExchange
  ) {
    guard let call = environment.running[requestID]?.call else { return exchange.refuse(.timedOut) }
    environment.running[requestID]?.answer = StreamedAnswer(
      contentType: contentType, exchange: exchange, stream: call.stream,
      isPaced: configuration.policy.limitsStreamBandwidth)
    let id = environment.id
    exchange.onBody { [weak self] part in
      self?.assumeIsolated { $0.receive(part, of: id, requestID, on: exchange) }
    }
    call.stream?.begin(contentType, exchange)
  }

  private func receive(
    _ part: BodyPart, of id: ExecutionEnvironment.ID, _ requestID: String, on exchange: HTTPExchange
  ) {
    guard let environment = environments[id], environment.running[requestID]?.answer != nil else {
      // The invocation is over: it took too long, say. The rest of the answer is for nobody.
      if case .end = part { exchange.refuse(.timedOut) }
      return
    }
    switch part {
    case .bytes(let bytes):
      guard environment.running[requestID]?.answer?.take(bytes) == false else { return }
      let limit = environment.running[requestID]?.answer?.limit ?? 0
      environment.runtime.responseEnded(requestID)
      finish(environment, requestID, with: .functionError(FunctionError.responseTooLarge(limit)))
      exchange.refuse(.tooLarge(limit))
    case .end(let trailers):
      environment.runtime.responseEnded(requestID)
      if let answer = environment.running[requestID]?.answer {
        environment.running[requestID]?.reportedErrorType = trailers?.first(name: "lambda-runtime-function-error-type")
        finish(environment, requestID, with: Self.outcome(of: answer, trailers))
      }
      exchange.accepted()
    case .truncated:
      environment.runtime.responseEnded(requestID)
      brokeOff(environment, requestID, on: exchange)
    }
  }

  /// A streamed answer may end in trailers that say that it failed midway.
  private static func outcome(of answer: StreamedAnswer, _ trailers: HTTPHeaders?) -> InvocationResult.Outcome {
    guard let type = trailers?.first(name: "lambda-runtime-function-error-type") else {
      return .success(answer.collected, contentType: answer.contentType)
    }
    let body = trailers?.first(name: "lambda-runtime-function-error-body").flatMap { Base64.decode($0) }
    return .functionError(body.map { ByteBuffer(bytes: $0) } ?? FunctionError.body(FunctionError.checkedType(type), ""))
  }

  /// The connection ended before the answer did: the process is dying, and how it ended will be the error, or it only
  /// gave up this answer. It has a moment to show which. If it only stopped sending, it is told.
  func brokeOff(_ environment: ExecutionEnvironment, _ requestID: String, on exchange: HTTPExchange) {
    exchange.refuse(.truncated)
    environment.running[requestID]?.isBrokenOff = true
    if environment.isAttached { return finishBrokenOff(environment, requestID) }
    let soon = NIODeadline.now() + .milliseconds(300)
    environment.running[requestID]?.deadline = soon
    arm(environment, for: soon)
  }

  /// The process lives: its caller gets half an answer, and is told so.
  func finishBrokenOff(_ environment: ExecutionEnvironment, _ requestID: String) {
    guard let work = environment.running[requestID] else { return }
    environment.running[requestID]?.deadline = work.startedAt + TimeAmount(configuration.timeout)
    finish(environment, requestID, with: .functionError(FunctionError.truncatedResponse))
  }
}
