import NIOHTTP1

/// What answers the requests of an `HTTPServer`; it is called on the server's event loop and must not block it.
protocol HTTPResponder: Sendable {
  /// How the body of a request with this head is to be handed over.
  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling

  /// Answers a request, now or later, through its exchange.
  func respond(to request: ServerRequest, on exchange: HTTPExchange)
}
