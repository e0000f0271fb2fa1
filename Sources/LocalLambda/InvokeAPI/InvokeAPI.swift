import JSON
import NIOCore
import NIOHTTP1

/// The calls of Lambda's API that are served.
///
/// See [Lambda API reference](https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html).
struct InvokeAPI: Sendable {
  let functions: [FunctionHost]
  let eventLoop: any EventLoop

  private static let prefix = "/2015-03-31/functions"

  func handle(_ request: ServerRequest, _ exchange: HTTPExchange) {
    guard request.path.hasPrefix(Self.prefix) else { return exchange.refuse(.unknownOperation) }
    let parts = request.path.dropFirst(Self.prefix.utf8.count).split(separator: "/").map { PercentDecoding.decode($0) }
    do throws(InvokeAPIError) {
      switch (request.head.method, parts.count, parts.dropFirst().first) {
      case (.GET, 0, _): list(exchange)
      case (.GET, 1, _): describe(try function(parts[0], request), exchange, withCode: true)
      case (.GET, 2, "configuration"): describe(try function(parts[0], request), exchange, withCode: false)
      case (.POST, 2, "invocations"): try invoke(function(parts[0], request), request, exchange)
      default: throw .unknownOperation
      }
    } catch {
      exchange.refuse(error)
    }
  }

  private func function(_ text: String, _ request: ServerRequest) throws(InvokeAPIError) -> FunctionHost {
    let reference = FunctionReference(text)
    let qualifier = reference.qualifier ?? QueryString.pairs(request.query).first { $0.name == "Qualifier" }?.value
    let identity = functions.first?.configuration.identity ?? AccountIdentity()
    let suffix = qualifier.map { ":\($0)" } ?? ""
    guard let host = functions.first(where: { $0.configuration.name == reference.name }),
      qualifier == nil || qualifier == "$LATEST"
    else { throw .notFound(identity.functionARN(reference.name) + suffix) }
    return host
  }

  private func invoke(
    _ function: FunctionHost, _ request: ServerRequest, _ exchange: HTTPExchange
  ) throws(InvokeAPIError) {
    let invoke = try InvokeRequest(request)
    let requestID = invoke.invocation.requestID
    switch invoke.kind {
    case .dryRun: exchange.respond(ServerResponse(.noContent, headers: ["x-amzn-RequestId": requestID]))
    case .event:
      exchange.respond(ServerResponse(.accepted, headers: ["x-amzn-RequestId": requestID]))
      AsynchronousInvocation(function: function, invocation: invoke.invocation, eventLoop: eventLoop).start()
    case .requestResponse:
      function.assumeIsolated { $0.submit(invoke.invocation) { Self.answer($0, exchange) } }
    }
  }

  private static func answer(_ result: InvocationResult, _ exchange: HTTPExchange) {
    var headers = HTTPHeaders()
    headers.add(name: "Content-Type", value: "application/json")
    headers.add(name: "x-amzn-RequestId", value: result.requestID)
    headers.add(name: "X-Amz-Executed-Version", value: "$LATEST")
    if let tail = result.logTail { headers.add(name: "X-Amz-Log-Result", value: Base64.encode(tail.readableBytesView)) }
    switch result.outcome {
    case .success(let payload, _): exchange.respond(ServerResponse(.ok, headers: headers, body: payload))
    case .functionError(let payload):
      headers.add(name: "X-Amz-Function-Error", value: "Unhandled")
      exchange.respond(ServerResponse(.ok, headers: headers, body: payload))
    case .throttled: exchange.refuse(.throttled, requestID: result.requestID)
    }
  }

  private func list(_ exchange: HTTPExchange) {
    let functions = JSONValue.array(functions.map { Self.configuration($0.configuration) })
    exchange.respond(.ok, json: JSONValue.object(["Functions": functions]).serialized)
  }

  private func describe(_ function: FunctionHost, _ exchange: HTTPExchange, withCode: Bool) {
    let configuration = Self.configuration(function.configuration)
    let body: JSONValue =
      withCode
      ? ["Configuration": configuration, "Code": ["RepositoryType": "local"], "Tags": [:]] : configuration
    exchange.respond(.ok, json: body.serialized)
  }

  private static func configuration(_ function: FunctionConfiguration) -> JSONValue {
    let variables = function.environment.sorted { $0.key < $1.key }
    return [
      "FunctionName": .string(function.name),
      "FunctionArn": .string(function.arn),
      "Runtime": "provided.al2023",
      "Handler": .string(function.handler),
      "Timeout": .integer(Int(function.timeout / .seconds(1))),
      "MemorySize": .integer(function.memorySizeMB),
      "Version": "$LATEST",
      "State": "Active",
      "LastUpdateStatus": "Successful",
      "PackageType": "Zip",
      "Environment": [
        "Variables": .object(JSONObject(variables.map { .init(name: $0.key, value: .string($0.value)) }))
      ],
    ]
  }
}
