internal import NIOCore
internal import NIOHTTP1

/// The stand-in over HTTP: two paths, and errors in OpenAI's shape for everything else.
enum StandInRoutes {
  static func answer(_ request: ServerRequest, _ exchange: HTTPExchange, state: LanguageModelStandIn.StateBox) {
    guard request.bodyState != .tooLarge else { return send(.problem(413, "the request is too large"), exchange) }
    switch (request.head.method, request.path) {
    case (.GET, "/v1/models"):
      send(.json(200, StandInAnswer.models), exchange)
    case (.POST, "/v1/chat/completions"):
      // An answer may have to wait, so it is made outside the event loop.
      let body = Array(request.body.readableBytesView)
      Task { await complete(body, exchange, state: state) }
    case (_, "/v1/models"), (_, "/v1/chat/completions"):
      send(.problem(405, "the method \(request.head.method) does not work here"), exchange)
    default:
      send(.problem(404, "there is no \(request.path) here; try /v1/chat/completions"), exchange)
    }
  }

  @concurrent private static func complete(
    _ body: [UInt8], _ exchange: HTTPExchange, state: LanguageModelStandIn.StateBox
  ) async {
    guard let response = await StandInAnswer.complete(body, state: state) else { return }
    send(response, exchange)
  }

  private static func send(_ response: StandInAnswer.Response, _ exchange: HTTPExchange) {
    switch response {
    case .full(let status, let headers, let body):
      exchange.respond(
        ServerResponse(.init(statusCode: status), headers: HTTPHeaders(headers), body: ByteBuffer(bytes: body)))
    case .none:
      exchange.abort()
    }
  }
}
