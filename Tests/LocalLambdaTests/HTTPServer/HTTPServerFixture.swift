import NIOCore
import NIOHTTP1
import NIOPosix

@testable import LocalLambda

/// A server on a live socket for the time of one test.
enum HTTPServerFixture {
  static func run(limits: HTTPLimits = HTTPLimits(), _ body: (Int) async throws -> Void) async throws {
    try await run(limits: limits, responder: EchoResponder(), body)
  }

  static func run(
    limits: HTTPLimits = HTTPLimits(), responder: any HTTPResponder, _ body: (Int) async throws -> Void
  ) async throws {
    let server = try await HTTPServer.listen(
      host: "127.0.0.1", port: 0, eventLoop: MultiThreadedEventLoopGroup.singleton.any(), limits: limits,
      responder: responder)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(server.port)) } catch { outcome = .failure(error) }
    await server.shutdown()
    try outcome.get()
  }

  /// Everything that comes back for these bytes, until the server closes the connection.
  static func answer(to bytes: String, limits: HTTPLimits = HTTPLimits()) async throws -> String {
    var text = ""
    try await run(limits: limits) { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send(bytes)
      text = try await connection.textUntilClosed()
    }
    return text
  }
}

/// Answers with the method, the target and the body; some paths do something else.
struct EchoResponder: HTTPResponder {
  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling {
    head.uri.hasPrefix("/streamed") ? .stream : .collect(upTo: 1000)
  }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) {
    switch request.bodyState {
    case .complete: answer(request, exchange)
    case .streaming: stream(request, exchange)
    case .tooLarge: exchange.respond(ServerResponse(.payloadTooLarge))
    case .truncated: break
    }
  }

  private func answer(_ request: ServerRequest, _ exchange: HTTPExchange) {
    switch request.path {
    case "/slow": exchange.eventLoop.scheduleTask(in: .milliseconds(50)) { echo(request, exchange) }
    case "/split": exchange.respond(ServerResponse(.ok, headers: ["x-field": "a\r\ninjected: yes"]))
    case "/empty": exchange.respond(ServerResponse(.noContent))
    case "/watched":
      exchange.onClose { WatchedCallers.gone.add() }
      WatchedCallers.come.add()
    case "/stream":
      exchange.begin(.ok, headers: [:])
      exchange.write(ByteBuffer(string: "one"))
      exchange.write(ByteBuffer())
      exchange.write(ByteBuffer(string: "two"))
      exchange.end(trailers: ["x-end": "yes"])
    default: echo(request, exchange)
    }
  }

  /// Echoes a body that is streamed, each part as a line; what broke off is said in the answer.
  private func stream(_ request: ServerRequest, _ exchange: HTTPExchange) {
    exchange.onBody { part in
      switch part {
      case .bytes(let bytes): WatchedCallers.bytes.add(bytes.readableBytes)
      case .end(let trailers):
        exchange.respond(ServerResponse(.ok, contentType: "text/plain", "end \(trailers?.first(name: "x-end") ?? "-")"))
      case .truncated: exchange.respond(ServerResponse(.badRequest, contentType: "text/plain", "truncated"))
      }
    }
  }

  private func echo(_ request: ServerRequest, _ exchange: HTTPExchange) {
    exchange.respond(
      ServerResponse(
        .ok, contentType: "text/plain",
        "\(request.head.method.rawValue) \(request.head.uri) \(String(buffer: request.body))"))
  }
}
