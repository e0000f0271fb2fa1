public import NIOCore
import NIOHTTP1

/// API Gateway's HTTP API in front of functions, with events in payload format 2.0 or 1.0.
///
/// A function that fails is 500, one that is throttled 503, and so is one that takes longer than the 30 seconds that API
/// Gateway waits.
public final class HTTPGateway: Sendable {
  /// The port that is listened on.
  public let port: Int
  private let server: HTTPServer
  private let deadlines: ResponseDeadlines

  /// Listens; port 0 takes any free one. The functions must live on the event loop.
  public init(
    host: String = "127.0.0.1", port: Int, api: HTTPAPIConfiguration = HTTPAPIConfiguration(), routes: [HTTPRoute],
    eventLoop: any EventLoop
  ) async throws(ListenError) {
    deadlines = ResponseDeadlines(eventLoop: eventLoop)
    server = try await HTTPServer.listen(
      host: host, port: port, eventLoop: eventLoop,
      responder: GatewayResponder(api: api, routes: routes, deadlines: deadlines))
    self.port = server.port
  }

  /// Stops listening and closes the connections; the functions are left alone.
  public func shutdown() async {
    await server.shutdown()
    deadlines.cancel()
  }
}

/// Turns requests into events and answers into responses.
struct GatewayResponder: HTTPResponder {
  /// What API Gateway takes, in bytes.
  static let requestLimit = 10 << 20

  private let api: HTTPAPIConfiguration
  private let stageVariables: [(name: String, value: String)]
  private let router: HTTPRouter
  private let deadlines: ResponseDeadlines

  init(api: HTTPAPIConfiguration, routes: [HTTPRoute], deadlines: ResponseDeadlines) {
    self.api = api
    self.deadlines = deadlines
    router = HTTPRouter(routes)
    stageVariables = api.stageVariables.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling { .collect(upTo: Self.requestLimit) }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) {
    if request.bodyState == .truncated { return }
    let requestID = RandomID.uuid()
    let origin = api.cors == nil ? nil : request["origin"]
    let caller = Caller(exchange: exchange, requestID: requestID, cors: api.cors, origin: origin)
    if request.bodyState == .tooLarge { return caller.respond(Self.tooLarge) }
    if let cors = api.cors, CORSConfiguration.isPreflight(request.head) {
      return caller.respond(ServerResponse(.noContent, headers: cors.preflightFields(origin)), addingCORS: false)
    }
    guard let path = routedPath(request.path),
      let match = router.match(method: request.head.method.rawValue, path: path)
    else { return caller.respond(Self.message(.notFound, "Not Found")) }
    let route = match.route
    let event = GatewayEvent(
      request: request, endpoint: endpoint(of: request, route.function.configuration.identity), routeKey: route.key,
      pathParameters: match.parameters,
      path: route.format == .version1 ? String(request.path) : GatewayEvent.decodedPath(request.path),
      port: exchange.localPort, requestID: requestID)
    guard let invocation = event.invocation(route.format) else { return caller.respond(Self.tooLarge) }
    let rules = route.format == .version1 ? Self.rules1 : Self.rules2
    let deadline = deadlines.add(after: TimeAmount(route.timeout)) { caller.respond(Self.unavailable) }
    route.function.assumeIsolated { function in
      function.submit(invocation) { [deadlines] result in
        deadlines.remove(deadline)
        caller.respond(rules.response(to: result))
      }
    }
  }

  /// The path that routes are compared with; nil when it is not below the stage.
  private func routedPath(_ path: Substring) -> Substring? {
    let base = api.basePath
    if base.isEmpty { return path }
    guard path.hasPrefix(base) else { return nil }
    let rest = path.dropFirst(base.count)
    if rest.isEmpty { return "/" }
    return rest.hasPrefix("/") ? rest : nil
  }

  private func endpoint(of request: ServerRequest, _ identity: AccountIdentity) -> GatewayEvent.Endpoint {
    GatewayEvent.Endpoint(
      accountID: identity.accountID, apiID: api.id,
      domainName: Self.domainName(request["host"] ?? "localhost"), stage: api.stage,
      stageVariables: stageVariables)
  }

  /// A `Host` without its port.
  static func domainName(_ host: String) -> String {
    if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[...end]) }
    return String(host.prefix { $0 != ":" })
  }

  // MARK: Answers

  /// Whoever sent a request, and what every answer to it carries.
  private struct Caller: Sendable {
    let exchange: HTTPExchange
    let requestID: String
    let cors: CORSConfiguration?
    let origin: String?

    func respond(_ response: ServerResponse, addingCORS: Bool = true) {
      var response = response
      if addingCORS, let cors {
        for name in CORSConfiguration.names { response.headers.remove(name: name) }
        response.headers.add(contentsOf: cors.fields(origin))
      }
      response.headers.add(name: "apigw-requestid", value: requestID)
      exchange.respond(response)
    }
  }

  /// What API Gateway answers by itself.
  static func message(_ status: HTTPResponseStatus, _ text: StaticString) -> ServerResponse {
    ServerResponse(status, contentType: "application/json", "{\"message\":\"\(text)\"}")
  }

  private static let tooLarge = message(.payloadTooLarge, "Request Entity Too Large")
  private static let unavailable = message(.serviceUnavailable, "Service Unavailable")

  static let rules2 = rules(.version2)
  static let rules1 = rules(.version1)

  private static func rules(_ format: PayloadFormat) -> AnswerRules {
    AnswerRules(
      format: format, contentType: "text/plain; charset=utf-8",
      failure: message(.internalServerError, "Internal Server Error"), throttled: unavailable)
  }
}
