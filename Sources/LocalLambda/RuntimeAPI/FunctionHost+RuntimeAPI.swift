import NIOCore
import NIOHTTP1

extension FunctionHost {
  /// Answers a call of the Runtime API; with no environment it is that of a runtime which somebody attached by hand.
  func answerRuntime(_ request: ServerRequest, on exchange: HTTPExchange, environment id: ExecutionEnvironment.ID?) {
    let call = RuntimeAPICall(request.head.method, request.path)
    // These two ask nothing of an environment.
    if call == .ping { return exchange.respond(ServerResponse(.ok, contentType: "text/plain", "pong")) }
    if call == .wrongMethod { return exchange.respond(ServerResponse(.methodNotAllowed)) }
    guard let environment = id.map({ environments[$0] }) ?? attachEnvironment(for: call, request) else {
      // The environment is over, and its process about to be.
      return exchange.refuse(.timedOut)
    }
    switch call {
    case .next: answerPoll(of: environment, on: exchange)
    case .response(let requestID): answerResponse(request, requestID, of: environment, on: exchange)
    case .error(let requestID): answerError(request, requestID, of: environment, on: exchange)
    case .initError: answerInitError(request, of: environment, on: exchange)
    case .ping, .wrongMethod, .unknown: answerElse(request, of: environment, on: exchange)
    }
  }

  /// Answers a call of another API that an environment's processes have.
  private func answerElse(_ request: ServerRequest, of environment: ExecutionEnvironment, on exchange: HTTPExchange) {
    if let call = ExtensionCall(request.head.method, request.path) {
      answer(call, request, of: environment, on: exchange)
    } else if request.path == MetadataEndpoint.path {
      MetadataEndpoint.answer(
        request, token: environment.metadataToken, region: configuration.identity.region, on: exchange)
    } else {
      exchange.respond(ServerResponse(.notFound, contentType: "text/plain; charset=utf-8", "404 page not found\n"))
    }
  }

  private func answerPoll(of environment: ExecutionEnvironment, on exchange: HTTPExchange) {
    switch environment.runtime.poll() {
    case .refuse(let refusal): exchange.refuse(RuntimeAPIError(refusal))
    case .deliverAgain(let requestID):
      guard let work = environment.running[requestID] else { return exchange.refuse(.timedOut) }
      exchange.respond(event(of: work))
    case .wait(let endsInit):
      if endsInit {
        environment.extensions.close()
        runtimeInitialised(environment)
      }
      // Whose answer broke off, and goes on all the same, is not dying.
      if !isManaged, let work = environment.running.values.first, work.isBrokenOff {
        finishBrokenOff(environment, work.requestID)
      }
      environment.pollCount += 1
      let poll = ExecutionEnvironment.Poll(id: environment.pollCount, exchange: exchange)
      environment.polls.append(poll)
      exchange.onClose { [weak self, id = environment.id] in self?.assumeIsolated { $0.pollLost(of: id, poll.id) } }
      becameIdle(environment)
    }
  }

  /// The connection of a waiting poll ended: that poller is not free until it polls again.
  private func pollLost(of id: ExecutionEnvironment.ID, _ poll: Int) {
    guard let environment = environments[id], let index = environment.polls.firstIndex(where: { $0.id == poll })
    else { return }
    environment.polls.remove(at: index)
    guard environment.polls.isEmpty else { return }
    isNotIdle(environment)
    guard environment.running.isEmpty else { return }
    if environment.isAttached { remove(environment) } else { expectPoll(of: environment) }
  }

  /// The event, as the runtime gets it.
  func event(of work: ExecutionEnvironment.Work) -> ServerResponse {
    let invocation = work.call.invocation
    var headers = HTTPHeaders([
      ("Content-Type", invocation.contentType),
      ("Lambda-Runtime-Aws-Request-Id", work.call.requestID),
      ("Lambda-Runtime-Deadline-Ms", String(work.deadlineMilliseconds)),
      ("Lambda-Runtime-Invoked-Function-Arn", invocation.qualifiedARN ?? arn),
      ("Lambda-Runtime-Trace-Id", work.traceID),
      ("Lambda-Runtime-Invocation-Id", work.nonce),
    ])
    if let context = invocation.clientContext { headers.add(name: "Lambda-Runtime-Client-Context", value: context) }
    if let identity = invocation.cognitoIdentity {
      headers.add(name: "Lambda-Runtime-Cognito-Identity", value: identity)
    }
    if let tenant = invocation.tenantID { headers.add(name: "Lambda-Runtime-Aws-Tenant-Id", value: tenant) }
    return ServerResponse(.ok, headers: headers, body: invocation.payload)
  }

  private func answerResponse(
    _ request: ServerRequest, _ requestID: String, of environment: ExecutionEnvironment, on exchange: HTTPExchange
  ) {
    let headers = request.head.headers
    let nonce = headers.first(name: "lambda-runtime-invocation-id")
    let isStreamed = request.bodyState == .streaming
    switch environment.runtime.answer(.response, requestID: requestID, nonce: nonce, isStreamed: isStreamed) {
    case .refuse(let refusal): exchange.refuse(RuntimeAPIError(refusal))
    case .accept:
      let contentType = headers.first(name: "content-type") ?? "application/json"
      if let mode = headers.first(name: "lambda-runtime-function-response-mode"), !["", "streaming"].contains(mode) {
        environment.runtime.responseEnded(requestID)
        finish(environment, requestID, with: .functionError(FunctionError.invalidResponseMode))
        return exchange.refuse(.invalidResponseMode)
      }
      switch request.bodyState {
      case .streaming: beginStream(of: environment, requestID, contentType: contentType, on: exchange)
      case .tooLarge:
        finish(environment, requestID, with: .functionError(FunctionError.responseTooLarge()))
        exchange.refuse(.tooLarge())
      case .truncated: brokeOff(environment, requestID, on: exchange)
      case .complete:
        // Who works on one after the other has to say that it streams, for its trailers to count.
        answered(environment, requestID, request.body, contentType: contentType, isManaged ? request.trailers : nil)
        exchange.accepted()
      }
    }
  }

  private func answerError(
    _ request: ServerRequest, _ requestID: String, of environment: ExecutionEnvironment, on exchange: HTTPExchange
  ) {
    let nonce = request["lambda-runtime-invocation-id"]
    switch environment.runtime.answer(.error, requestID: requestID, nonce: nonce) {
    case .refuse(let refusal): exchange.refuse(RuntimeAPIError(refusal))
    case .accept:
      if request.bodyState == .tooLarge {
        finish(environment, requestID, with: .functionError(FunctionError.responseTooLarge()))
        return exchange.refuse(.tooLarge())
      }
      let error =
        request["content-type"] == ErrorCause.contentType
        ? ErrorCause.errorAlone(in: request.body) : reportedError(request)
      environment.running[requestID]?.reportedErrorType = request["lambda-runtime-function-error-type"]
      finish(environment, requestID, with: .functionError(error))
      exchange.accepted()
    }
  }

  private func answerInitError(
    _ request: ServerRequest, of environment: ExecutionEnvironment, on exchange: HTTPExchange
  ) {
    switch environment.runtime.reportInitError() {
    case .refuse(let refusal): exchange.refuse(RuntimeAPIError(refusal))
    case .accept:
      exchange.accepted()
      initFailed(environment, type: reportedErrorType(request), with: reportedError(request))
    }
  }

  /// What a runtime says went wrong, byte for byte; a report without words gets its type as such.
  private func reportedError(_ request: ServerRequest) -> ByteBuffer {
    guard request.body.readableBytes == 0 else { return request.body }
    return FunctionError.body(reportedErrorType(request), "")
  }

  private func reportedErrorType(_ request: ServerRequest) -> String {
    FunctionError.checkedType(request["lambda-runtime-function-error-type"])
  }

  /// The environment of the runtime that somebody attached.
  var attachedEnvironment: ExecutionEnvironment? { environments.values.first { $0.isAttached && !$0.isEnding } }

  /// The same; it begins with the runtime's first poll, or with an extension in the runtime's own process, which registers
  /// before that. Any other call is answered as by an environment that knows nobody. Nil when the function is shut down.
  private func attachEnvironment(for call: RuntimeAPICall, _ request: ServerRequest) -> ExecutionEnvironment? {
    let isRegistration = ExtensionCall(request.head.method, request.path) == .register
    if let attachedEnvironment {
      let name = request["lambda-extension-name"]
      let isTaken = attachedEnvironment.extensions.extensions.contains { $0.name == name }
      guard isRegistration, isTaken, attachedEnvironment.isStarting else { return attachedEnvironment }
      // The same extension once more is another process: the one that it was in ended before it polled.
      remove(attachedEnvironment)
    }
    guard !isShutDown else { return nil }
    lastEnvironment += 1
    let environment = ExecutionEnvironment(
      id: lastEnvironment, slots: slots, isConcurrent: isManaged, isAttached: true)
    if isRegistration || [.next, .initError].contains(call) { environments[environment.id] = environment }
    return environment
  }
}

extension HTTPExchange {
  func accepted() {
    respond(.accepted, json: "{\"status\":\"OK\"}\n")
  }
}
