import JSON
import NIOCore
import NIOHTTP1

extension FunctionHost {
  /// Answers a call that a runtime made.
  func runtimeCall(_ request: ServerRequest, _ exchange: HTTPExchange, environment id: Int) {
    switch RuntimeAPICall(request.head.method, request.path) {
    case .next: next(exchange, id)
    case .response(let requestID): response(request, exchange, id, requestID)
    case .error(let requestID): error(request, exchange, id, requestID)
    case .initError: initError(request, exchange, id)
    case .ping: exchange.respond(ServerResponse(.ok, contentType: "text/plain", "pong"))
    case .wrongMethod: exchange.respond(ServerResponse(.methodNotAllowed))
    case .unknown:
      exchange.respond(ServerResponse(.notFound, contentType: "text/plain; charset=utf-8", "404 page not found\n"))
    }
  }

  private func next(_ exchange: HTTPExchange, _ id: Int) {
    guard var environment = environments[id] else { return exchange.refuse(.timedOut) }
    do throws(RuntimeAPIError) {
      let isFirst = environment.state.phase == .initializing
      try environment.state.next()
      if isFirst {
        environment.initialization.timeout?.cancel()
        environment.initialization.duration = .now() - environment.initialization.started
      }
      environment.poller = exchange
      exchange.onClose { self.assumeIsolated { $0.environments[id]?.poller = nil } }
      environments[id] = environment
      deliver(id)
    } catch {
      exchange.refuse(error)
    }
  }

  private func response(_ request: ServerRequest, _ exchange: HTTPExchange, _ id: Int, _ requestID: String) {
    let isStreaming: Bool
    switch request["Lambda-Runtime-Function-Response-Mode"] {
    case nil: isStreaming = false
    case "streaming": isStreaming = true
    default:
      guard accept(request, exchange, id, requestID, call: "InvocationResponse") else { return }
      exchange.refuse(.invalidResponseMode)
      return answered(id, with: .functionError(FunctionError.invalidResponseMode))
    }
    guard accept(request, exchange, id, requestID, call: "InvocationResponse") else { return }
    let isTooLarge =
      request.bodyState == .tooLarge
      || (!isStreaming && request.body.readableBytes > RuntimeAPICall.maximumResponseBytes)
    if isTooLarge {
      exchange.refuse(.tooLarge)
      return answered(id, with: .functionError(FunctionError.responseTooLarge))
    }
    exchange.accepted()
    if let failure = request.streamFailure {
      answered(id, with: .functionError(failure))
    } else {
      answered(id, with: .success(request.body, contentType: request["content-type"] ?? "application/octet-stream"))
    }
  }

  private func error(_ request: ServerRequest, _ exchange: HTTPExchange, _ id: Int, _ requestID: String) {
    guard accept(request, exchange, id, requestID, call: "InvocationErrorResponse") else { return }
    guard request.bodyState != .tooLarge, request.body.readableBytes <= RuntimeAPICall.maximumResponseBytes else {
      exchange.refuse(.tooLarge)
      return answered(id, with: .functionError(FunctionError.responseTooLarge))
    }
    exchange.accepted()
    answered(id, with: .functionError(request.body))
  }

  private func initError(_ request: ServerRequest, _ exchange: HTTPExchange, _ id: Int) {
    guard var environment = environments[id] else { return exchange.refuse(.timedOut) }
    do throws(RuntimeAPIError) {
      try environment.state.initError()
    } catch {
      return exchange.refuse(error)
    }
    environment.initialization.timeout?.cancel()
    let work = environment.assigned
    environment.assigned = nil
    environments[id] = environment
    exchange.accepted()
    // The process is expected to end by itself; one that does not is ended, for it takes an environment's place.
    eventLoop.scheduleTask(in: TimeAmount(configuration.terminationGrace)) { self.assumeIsolated { $0.discard(id) } }
    guard let work else { return }
    work.complete(
      InvocationResult(requestID: work.invocation.requestID, outcome: .functionError(request.body), logTail: nil))
  }

  /// Whether an answer belongs to the event that the environment works on; refuses it otherwise.
  private func accept(
    _ request: ServerRequest, _ exchange: HTTPExchange, _ id: Int, _ requestID: String, call: String
  ) -> Bool {
    guard environments[id] != nil else {
      exchange.refuse(.timedOut)
      return false
    }
    do throws(RuntimeAPIError) {
      try environments[id]?.state.answer(
        requestID: requestID, nonce: request["Lambda-Runtime-Invocation-Id"], call: call)
      return true
    } catch {
      exchange.refuse(error)
      return false
    }
  }
}

extension HTTPExchange {
  fileprivate func accepted() {
    respond(.accepted, json: "{\"status\":\"OK\"}\n")
  }

  /// Answers `next` with an event.
  func deliver(_ invocation: Invocation, to function: FunctionConfiguration, nonce: String) {
    var headers = HTTPHeaders()
    headers.reserveCapacity(10)
    headers.add(name: "Content-Type", value: "application/json")
    headers.add(name: "Lambda-Runtime-Aws-Request-Id", value: invocation.requestID)
    let deadline = WallClock.milliseconds() + Int64(function.timeout / .milliseconds(1))
    headers.add(name: "Lambda-Runtime-Deadline-Ms", value: String(deadline))
    headers.add(name: "Lambda-Runtime-Invoked-Function-Arn", value: function.arn)
    headers.add(name: "Lambda-Runtime-Invocation-Id", value: nonce)
    headers.add(name: "Lambda-Runtime-Trace-Id", value: invocation.traceID ?? TraceID.make())
    if let context = invocation.clientContext { headers.add(name: "Lambda-Runtime-Client-Context", value: context) }
    if let identity = invocation.cognitoIdentity {
      headers.add(name: "Lambda-Runtime-Cognito-Identity", value: identity)
    }
    respond(ServerResponse(.ok, headers: headers, body: invocation.payload))
  }
}

extension ServerRequest {
  /// The error that a streamed answer ended with, told in its trailers.
  fileprivate var streamFailure: ByteBuffer? {
    guard trailers?.first(name: "Lambda-Runtime-Function-Error-Type") != nil else { return nil }
    let body = trailers?.first(name: "Lambda-Runtime-Function-Error-Body").flatMap { Base64.decode($0) } ?? []
    return ByteBuffer(bytes: body)
  }
}
