import JSON
import NIOCore
import NIOHTTP1

/// The calls of Lambda's API that are served.
///
/// See [Lambda API reference](https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html).
struct InvokeAPI: HTTPResponder {
  let functions: [FunctionHost]
  /// The function that a runtime started by hand serves.
  let attached: FunctionHost?
  let asynchronous: AsynchronousInvocations
  /// Nil where there are no queues.
  let mappings: EventSourceMappings?

  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling {
    if let attached, RuntimeEndpoint.serves(head.uri) {
      return attached.assumeIsolated { $0.bodyHandling(of: head, environment: nil) }
    }
    return .collect(upTo: InvokeRequest.Kind.requestResponse.maximumBytes)
  }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) {
    guard !WebPage(origin: request["origin"], fetchSite: request["sec-fetch-site"]).isForeign else {
      return exchange.refuse(.foreignPage)
    }
    if let attached, RuntimeEndpoint.serves(request.head.uri) {
      return attached.assumeIsolated { $0.answerRuntime(request, on: exchange, environment: nil) }
    }
    // Whoever sent half a call is gone, and did not mean that half.
    guard request.bodyState != .truncated else { return }
    do throws(InvokeAPIError) {
      try route(request, exchange)
    } catch {
      exchange.refuse(error)
    }
  }

  private func route(_ request: ServerRequest, _ exchange: HTTPExchange) throws(InvokeAPIError) {
    let parts = request.pathParts
    if parts.count >= 2, parts[1] == "event-source-mappings" {
      return try eventSourceMappings(parts, request, exchange)
    }
    guard parts.count >= 2, parts[1] == "functions" || parts[1] == "tags" else { throw .unknownOperation }
    let action = parts.count == 4 ? parts[3] : parts.dropFirst(3).joined(separator: "/")
    switch (request.head.method, parts[0], parts.count > 2 ? parts[2] : nil, action) {
    case (.POST, "2015-03-31", let name?, "invocations"): try invoke(name, request, exchange)
    case (.POST, "2021-11-15", let name?, "response-streaming-invocations"):
      try invokeWithResponseStream(name, request, exchange)
    case (.GET, "2015-03-31", nil, _): try list(request, exchange)
    case (.GET, "2017-03-31", let arn?, "") where parts[1] == "tags":
      let (host, _) = try function(arn, request, "ListTags")
      exchange.answer(["Tags": FunctionDescription(function: host.configuration).tags])
    case (.GET, "2019-09-30", let name?, "concurrency"), (.GET, "2015-03-31", let name?, _):
      let (host, _) = try function(name, request, action == "" ? "GetFunction" : "GetFunctionConfiguration")
      try describe(action, host.configuration, exchange)
    case (.GET, "2019-09-25", let name?, "event-invoke-config/list"):
      exchange.answer(try eventInvokeAPI(name, request).list())
    case (_, "2019-09-25", let name?, "event-invoke-config"):
      exchange.answer(try eventInvokeAPI(name, request).answer(request))
    default: throw .unknownOperation
    }
  }

  private func eventInvokeAPI(_ name: String, _ request: ServerRequest) throws(InvokeAPIError) -> EventInvokeAPI {
    let (host, _) = try function(name, request, "GetFunctionEventInvokeConfig")
    return EventInvokeAPI(function: host.configuration, asynchronous: asynchronous)
  }

  /// The function that a path names, and its ARN as it was called.
  private func function(
    _ text: String, _ request: ServerRequest, _ action: String
  ) throws(InvokeAPIError) -> (host: FunctionHost, arn: String) {
    // Most callers name the function and nothing else.
    if request.query.isEmpty, let host = functions.first(where: { $0.configuration.name == text }) {
      return (host, host.arn)
    }
    guard let reference = FunctionReference(text) else {
      throw .validation(
        text, at: "functionName", "Member must satisfy regular expression pattern: \(FunctionReference.pattern)")
    }
    let asked = QueryString.pairs(request.query).first { $0.name == "Qualifier" && !$0.value.isEmpty }?.value
    if let asked { try FunctionReference.check(qualifier: asked) }
    if let asked, let named = reference.qualifier, asked != named {
      throw .invalidParameter("The derived qualifier from the function name does not match the specified qualifier.")
    }
    let qualifier = reference.qualifier ?? asked
    let identity = functions.first?.configuration.identity ?? AccountIdentity()
    if let region = reference.region, region != identity.region {
      throw .notFound(
        message: "Functions from '\(region)' are not reachable in this region ('\(identity.region)')")
    }
    var owner = identity
    owner.accountID = reference.accountID ?? identity.accountID
    let arn = owner.functionARN(reference.name) + (qualifier.map { ":\($0)" } ?? "")
    if owner != identity {
      throw .accessDenied(action, arn, caller: "arn:aws:iam::\(identity.accountID):root")
    }
    guard let host = functions.first(where: { $0.configuration.name == reference.name }),
      qualifier == nil || qualifier == "$LATEST"
    else { throw .notFound(arn) }
    return (host, arn)
  }

  private func invoke(_ name: String, _ request: ServerRequest, _ exchange: HTTPExchange) throws(InvokeAPIError) {
    let (function, arn) = try function(name, request, "InvokeFunction")
    let invoke = try InvokeRequest(request, arn: arn)
    let requestID = invoke.invocation.requestID
    switch invoke.kind {
    case .dryRun: exchange.respond(ServerResponse(.noContent, headers: ["x-amzn-RequestId": requestID]))
    case .event:
      exchange.respond(ServerResponse(.accepted, headers: ["x-amzn-RequestId": requestID]))
      asynchronous.assumeIsolated { $0.add(invoke.invocation, to: function) }
    case .requestResponse:
      function.assumeIsolated { $0.submit(invoke.invocation) { Self.answer($0, exchange) } }
    }
  }

  private func invokeWithResponseStream(
    _ name: String, _ request: ServerRequest, _ exchange: HTTPExchange
  ) throws(InvokeAPIError) {
    let (function, arn) = try function(name, request, "InvokeFunction")
    let invoke = try InvokeRequest(request, arn: arn, kinds: [.requestResponse, .dryRun])
    if invoke.kind == .dryRun {
      return exchange.respond(
        ServerResponse(.noContent, headers: ["x-amzn-RequestId": invoke.invocation.requestID]))
    }
    let answer = EventStreamAnswer(exchange: exchange, requestID: invoke.invocation.requestID)
    function.assumeIsolated {
      $0.submit(invoke.invocation, stream: answer.stream, complete: answer.complete)
    }
  }

  private static func answer(_ result: InvocationResult, _ exchange: HTTPExchange) {
    var headers = HTTPHeaders([
      ("Content-Type", "application/json"), ("x-amzn-RequestId", result.requestID),
      ("X-Amz-Executed-Version", "$LATEST"),
    ])
    if let tail = result.logTail { headers.add(name: "X-Amz-Log-Result", value: Base64.encode(tail.readableBytesView)) }
    switch result.outcome {
    case .success(let payload, _): exchange.respond(ServerResponse(.ok, headers: headers, body: payload))
    case .functionError(let payload):
      headers.add(name: "X-Amz-Function-Error", value: "Unhandled")
      exchange.respond(ServerResponse(.ok, headers: headers, body: payload))
    case .throttled: exchange.refuse(.throttled(result), requestID: result.requestID)
    }
  }
}
