import NIOCore
import NIOHTTP1

extension FunctionHost {
  /// How the body of a call of the Runtime API is to be handed over.
  ///
  /// An answer is streamed if its runtime says so, and if its caller takes a stream, whatever the runtime says:
  /// Amazon's own for Go never says anything.
  func bodyHandling(of head: HTTPRequestHead, environment id: ExecutionEnvironment.ID?) -> BodyHandling {
    let collected = BodyHandling.collect(upTo: RuntimeAPICall.maximumResponseBytes)
    guard case .response(let requestID) = RuntimeAPICall(head.method, head.uri[...]) else { return collected }
    if head.headers.first(name: "lambda-runtime-function-response-mode") == "streaming" { return .stream }
    let environment = if let id { environments[id] } else { attachedEnvironment }
    return environment?.running[requestID]?.call.stream == nil ? collected : .stream
  }

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
        answered(environment, requestID, answer.collected, contentType: answer.contentType, trailers)
      }
      exchange.accepted()
    case .truncated:
      environment.runtime.responseEnded(requestID)
      brokeOff(environment, requestID, on: exchange)
    }
  }

  /// All of an answer is in; its trailers may say that it failed midway.
  func answered(
    _ environment: ExecutionEnvironment, _ requestID: String, _ body: ByteBuffer, contentType: String,
    _ trailers: HTTPHeaders?
  ) {
    guard let type = trailers?.first(name: "lambda-runtime-function-error-type"), !type.isEmpty else {
      return finish(environment, requestID, with: .success(body, contentType: contentType))
    }
    environment.running[requestID]?.reportedErrorType = type
    let error = trailers?.first(name: "lambda-runtime-function-error-body").flatMap { Base64.decode($0) }
    finish(
      environment, requestID,
      with: .functionError(
        error.map { ByteBuffer(bytes: $0) } ?? FunctionError.body(FunctionError.checkedType(type), "")))
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
