public import NIOCore
import NIOHTTP1

/// API Gateway's HTTP API in front of functions, with events in payload format 2.0.
///
/// A function that fails is 500, one that is throttled 503, and so is one that takes longer than the 30 seconds that API
/// Gateway waits.
public final class HTTPGateway: Sendable {
  /// The port that is listened on.
  public let port: Int
  private let server: HTTPServer

  /// Listens; port 0 takes any free one. The functions must live on the event loop.
  public init(
    host: String = "127.0.0.1", port: Int, routes: [HTTPRoute], eventLoop: any EventLoop
  ) async throws(ListenError) {
    server = try await HTTPServer.listen(
      host: host, port: port, eventLoop: eventLoop, responder: GatewayResponder(router: HTTPRouter(routes)))
    self.port = server.port
  }

  /// Stops listening and closes the connections; the functions are left alone.
  public func shutdown() async {
    await server.shutdown()
  }
}

/// Turns requests into events and answers into responses.
struct GatewayResponder: HTTPResponder {
  /// What API Gateway takes.
  static let requestLimit = 10 << 20
  /// What API Gateway waits for a function.
  static let patience = Duration.seconds(30)

  let router: HTTPRouter

  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling { .collect(upTo: Self.requestLimit) }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) {
    if request.bodyState == .tooLarge { return exchange.respond(Self.tooLarge) }
    guard request.bodyState == .complete else { return }
    guard let match = router.match(method: request.head.method.rawValue, path: request.path) else {
      return exchange.respond(GatewayResponse.message(.notFound, "Not Found"))
    }
    let function = match.route.function
    let requestID = RandomID.uuid()
    let traceID = request.head.headers.first(name: "x-amzn-trace-id") ?? TraceID.make()
    let event = GatewayEvent(
      request: request, match: match, identity: function.configuration.identity, port: exchange.localPort,
      requestID: requestID, traceID: traceID, milliseconds: WallClock.milliseconds()
    ).bytes()
    guard event.readableBytes <= InvokeRequest.Kind.requestResponse.maximumBytes else {
      return exchange.respond(Self.tooLarge)
    }
    var invocation = Invocation(payload: event)
    invocation.requestID = requestID
    invocation.traceID = traceID
    var timer: Scheduled<Void>?
    if function.configuration.timeout > Self.patience {
      timer = exchange.eventLoop.scheduleTask(in: TimeAmount(Self.patience)) {
        exchange.respond(GatewayResponse.message(.serviceUnavailable, "Service Unavailable"))
      }
    }
    function.assumeIsolated { [timer] function in
      function.submit(invocation) { result in
        timer?.cancel()
        var response = GatewayResponse.response(to: result)
        response.headers.add(name: "apigw-requestid", value: requestID)
        exchange.respond(response)
      }
    }
  }

  private static let tooLarge = GatewayResponse.message(.payloadTooLarge, "Request Entity Too Large")
}
