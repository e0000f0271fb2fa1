import AWSSignature
public import NIOCore
import NIOHTTP1

/// A function's own address: every path and method leads to it, and nothing limits how long it takes but its time-out.
///
/// See [Invoking function URLs](https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
public final class FunctionURL: Sendable {
  /// The port that is listened on.
  public let port: Int
  private let server: HTTPServer

  /// Listens; port 0 takes any free one. The function must live on the event loop.
  public init(
    host: String = "127.0.0.1", port: Int, configuration: FunctionURLConfiguration = FunctionURLConfiguration(),
    function: FunctionHost, eventLoop: any EventLoop
  ) async throws(ListenError) {
    server = try await HTTPServer.listen(
      host: host, port: port, eventLoop: eventLoop,
      responder: FunctionURLResponder(configuration: configuration, function: function))
    self.port = server.port
  }

  /// Stops listening and closes the connections; the function is left alone.
  public func shutdown() async { await server.shutdown() }
}

/// Turns requests into events and answers into responses.
struct FunctionURLResponder: HTTPResponder {
  private let configuration: FunctionURLConfiguration
  private let function: FunctionHost
  private let endpoint: GatewayEvent.Endpoint

  init(configuration: FunctionURLConfiguration, function: FunctionHost) {
    self.configuration = configuration
    self.function = function
    let identity = function.configuration.identity
    let id = Self.id(function.configuration.name, identity)
    endpoint = GatewayEvent.Endpoint(
      accountID: configuration.authType == .none ? "anonymous" : identity.accountID, apiID: id,
      domainName: "\(id).lambda-url.\(identity.region).on.aws",
      alwaysHasLength: false)
  }

  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling {
    .collect(upTo: InvokeRequest.Kind.requestResponse.maximumBytes)
  }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) {
    if request.bodyState == .truncated { return }
    let requestID = RandomID.uuid()
    let origin = configuration.cors == nil ? nil : request["origin"]
    let caller = Caller(exchange: exchange, requestID: requestID, cors: configuration.cors, origin: origin)
    if request.bodyState == .tooLarge { return caller.respond(Self.tooLarge) }
    if let cors = configuration.cors, CORSConfiguration.isPreflight(request.head) {
      return caller.respond(
        ServerResponse(.ok, headers: ["content-type": "application/json"]), cors: cors.preflightFields(origin))
    }
    var signer: SignedCaller?
    if configuration.authType == .iam {
      do { signer = try SignedCaller(request, identity: function.configuration.identity) } catch {
        return caller.respond(ServerResponse(error))
      }
    }
    let event = GatewayEvent(
      request: request, endpoint: endpoint, routeKey: "$default", pathParameters: [], path: String(request.path),
      port: exchange.localPort, requestID: requestID, caller: signer)
    guard let invocation = event.invocation(.version2) else { return caller.respond(Self.tooLarge) }
    switch configuration.invokeMode {
    case .buffered:
      function.assumeIsolated { $0.submit(invocation) { caller.respond(Self.rules.response(to: $0)) } }
    case .responseStream:
      let answer = FunctionURLStream(caller)
      function.assumeIsolated { $0.submit(invocation, stream: answer.stream, complete: answer.complete) }
    }
  }

  /// The id of a function's URL: always the same for one function.
  static func id(_ function: String, _ identity: AccountIdentity) -> String {
    String(Digest.sha256(identity.functionARN(function).utf8).hexadecimal.prefix(32))
  }

  // MARK: Answers

  /// Whoever sent a request, and what every answer to it carries.
  struct Caller: Sendable {
    let exchange: HTTPExchange
    let requestID: String
    let cors: CORSConfiguration?
    let origin: String?

    func respond(_ response: ServerResponse, cors fields: HTTPHeaders? = nil) {
      var response = response
      add(fields, to: &response.headers)
      exchange.respond(response)
    }

    /// Begins a response whose body follows.
    func begin(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
      var headers = headers
      add(nil, to: &headers)
      exchange.begin(status, headers: headers)
    }

    /// CORS fields stand beside the function's own, even where those say the same or otherwise.
    private func add(_ fields: HTTPHeaders?, to headers: inout HTTPHeaders) {
      if let cors {
        headers.add(contentsOf: fields ?? cors.fields(origin))
        headers.add(name: "vary", value: "Origin")
      }
      headers.add(name: "x-amzn-requestid", value: requestID)
    }
  }

  static let rules = AnswerRules(
    format: .version2, contentType: "application/json",
    failure: ServerResponse(.badGateway, contentType: "application/json", "Internal Server Error"),
    throttled: ServerResponse(
      .tooManyRequests, contentType: "application/json",
      #"{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"#))

  private static let tooLarge = ServerResponse(
    .payloadTooLarge, contentType: "application/json", #"{"message":"Request Entity Too Large"}"#)
}
