public import NIOCore
import NIOHTTP1

/// API Gateway's HTTP API in front of functions: requests become events of payload format 2.0, answers responses.
///
/// See [HTTP APIs](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html).
public final class HTTPGateway: Sendable {
  private let server: HTTPServer

  /// The port that is listened on.
  public var port: Int { server.port }

  /// The largest request body that API Gateway takes, in bytes.
  private static let maximumBodyBytes = 10_000_000

  /// Starts to listen; the functions run on the same event loop.
  public init(
    host: String = "127.0.0.1", port: Int, routes: [HTTPRoute], eventLoop: any EventLoop
  ) async throws(ListenError) {
    let responder = CollectedRequests(maximumBodyBytes: Self.maximumBodyBytes) { request, exchange in
      Self.handle(request, exchange, routes)
    }
    server = try await HTTPServer.listen(host: host, port: port, eventLoop: eventLoop, responder: responder)
  }

  /// Stops listening.
  public func shutdown() async {
    await server.shutdown()
  }

  private static func handle(_ request: ServerRequest, _ exchange: HTTPExchange, _ routes: [HTTPRoute]) {
    guard request.bodyState != .tooLarge else { return exchange.fail(.payloadTooLarge, "Request Entity Too Large") }
    guard let (route, parameters) = route(request, routes) else { return exchange.fail(.notFound, "Not Found") }
    let traceID = request["X-Amzn-Trace-Id"] ?? TraceID.make()
    let event = GatewayEvent(request: request, routeKey: route.key, pathParameters: parameters, traceID: traceID)
    let payload = event.payload(of: route.function.configuration)
    guard payload.count <= InvokeRequest.Kind.requestResponse.maximumBytes else {
      return exchange.fail(.payloadTooLarge, "Request Entity Too Large")
    }
    var invocation = Invocation(payload: payload)
    invocation.requestID = event.requestID
    invocation.traceID = traceID
    route.function.assumeIsolated { host in
      host.submit(invocation) { result in
        switch result.outcome {
        case .success(let body, _): exchange.respond(GatewayResponse(body), requestID: result.requestID)
        case .functionError: exchange.fail(.internalServerError, "Internal Server Error")
        case .throttled: exchange.fail(.serviceUnavailable, "Service Unavailable")
        }
      }
    }
  }

  private static func route(
    _ request: ServerRequest, _ routes: [HTTPRoute]
  ) -> (HTTPRoute, [(name: String, value: String)])? {
    if routes.count == 1, routes[0].isDefault { return (routes[0], []) }
    let path = request.path.split(separator: "/")
    var best: (route: HTTPRoute, match: HTTPRoute.Match)?
    for route in routes {
      guard let match = route.match(request.head.method.rawValue, path) else { continue }
      if let best, !best.match.rank.lexicographicallyPrecedes(match.rank) { continue }
      best = (route, match)
    }
    return best.map { ($0.route, $0.match.parameters) }
  }
}

extension HTTPExchange {
  /// Answers in the gateway's own words.
  fileprivate func fail(_ status: HTTPResponseStatus, _ message: String) {
    respond(status, json: #"{"message":"\#(message)"}"#)
  }

  fileprivate func respond(_ response: GatewayResponse?, requestID: String) {
    guard let response else { return fail(.internalServerError, "Internal Server Error") }
    var headers = response.headers
    headers.add(name: "apigw-requestid", value: requestID)
    respond(ServerResponse(response.status, headers: headers, body: response.body))
  }
}
