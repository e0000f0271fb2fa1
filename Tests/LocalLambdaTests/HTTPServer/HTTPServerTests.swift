import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import LocalLambda

/// The server on a live socket, with bytes that no proper client would send among them.
@Suite struct HTTPServerTests {
  @Test func answersPipelinedRequestsInOrder() async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      // The first takes longest, and still comes first.
      try await connection.send(
        "GET /slow HTTP/1.1\r\nhost: x\r\n\r\nGET /two HTTP/1.1\r\nhost: x\r\n\r\n"
          + "POST /three HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabcGET /four HTTP/1.1\r\nconnection: close\r\n\r\n"
      )
      let text = try await connection.textUntilClosed()
      let bodies = text.components(after: "\r\n\r\n")
      #expect(bodies == ["GET /slow ", "GET /two ", "POST /three abc", "GET /four "])
    }
  }

  @Test func answersHeadWithTheLengthAndNoBody() async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("HEAD /x HTTP/1.1\r\nconnection: close\r\n\r\n")
      let text = try await connection.textUntilClosed()
      #expect(text.contains("content-length: 8\r\n"))
      #expect(text.hasSuffix("\r\n\r\n"))
    }
  }

  @Test func goesOnWhenTheCallerWaitsForLeave() async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("POST /x HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
      let first = try await connection.text { $0.contains("\r\n\r\n") }
      #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
      try await connection.send("ok")
      let all = try await connection.text { $0.contains("POST /x ok") }
      #expect(all.contains("HTTP/1.1 200 OK"))
      try await connection.close()
    }
  }

  @Test func refusesATooLargeBodyBeforeItIsSent() async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("POST /x HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2000\r\n\r\n")
      let text = try await connection.textUntilClosed()
      #expect(text.hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test func aTooLargeBodyLeavesTheConnectionUsable() async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      let body = String(repeating: "x", count: 2000)
      try await connection.send("POST /x HTTP/1.1\r\ncontent-length: 2000\r\n\r\n\(body)")
      _ = try await connection.text { $0.hasPrefix("HTTP/1.1 413 ") && $0.contains("\r\n\r\n") }
      try await connection.send("GET /next HTTP/1.1\r\nconnection: close\r\n\r\n")
      #expect(try await connection.textUntilClosed().hasSuffix("GET /next "))
    }
  }

  @Test func readsChunkedBodies() async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("POST /x HTTP/1.1\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n")
      try await connection.send("3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\ntrailer: 1\r\n\r\n")
      #expect(try await connection.textUntilClosed().hasSuffix("POST /x abcde"))
    }
  }

  @Test(arguments: [
    "no http at all\r\n\r\n",
    "POST /x HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /x HTTP/1.1\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
    "POST /x HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    "GET /x HTTP/1.1\r\nbad name: 1\r\n\r\n",
  ])
  func refusesWhatIsAmbiguous(request: String) async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send(request)
      let text = try await connection.textUntilClosed()
      #expect(text.hasPrefix("HTTP/1.1 400 "))
      #expect(!text.contains(" 200 "))
    }
  }

  @Test(arguments: ["", "GET /x HTT", "POST /x HTTP/1.1\r\ncontent-length: 10\r\n\r\nabc"])
  func cutsOffWhoNeverFinishes(beginning: String) async throws {
    var limits = HTTPLimits()
    limits.receiveTimeout = .milliseconds(100)
    try await withServer(limits: limits) { port in
      let connection = try await RawConnection.open(port: port)
      guard !beginning.isEmpty else {
        // Who has not begun is only idle, and may stay.
        try await Task.sleep(for: .milliseconds(300))
        try await connection.send("GET /late HTTP/1.1\r\nconnection: close\r\n\r\n")
        #expect(try await connection.textUntilClosed().hasSuffix("GET /late "))
        return
      }
      try await connection.send(beginning)
      #expect(try await connection.textUntilClosed().hasPrefix("HTTP/1.1 408 "))
    }
  }

  @Test func closesAfterHTTP10() async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("GET /old HTTP/1.0\r\n\r\n")
      #expect(try await connection.textUntilClosed().hasSuffix("GET /old "))
    }
  }

  @Test func aFieldCannotStartAnother() async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("GET /split HTTP/1.1\r\nconnection: close\r\n\r\n")
      let text = try await connection.textUntilClosed()
      #expect(text.contains("x-field: a  injected: yes\r\n"))
    }
  }

  @Test func streamsInChunksWithTrailers() async throws {
    try await withServer { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("GET /stream HTTP/1.1\r\n\r\nGET /after HTTP/1.1\r\nconnection: close\r\n\r\n")
      let text = try await connection.textUntilClosed()
      #expect(
        text.contains("transfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\nx-end: yes\r\n\r\nHTTP/1.1 200"))
      #expect(text.hasSuffix("GET /after "))
    }
  }

  @Test func tellsThatAPortIsTaken() async throws {
    try await withServer { port in
      let error = await #expect(throws: ListenError.self) {
        try await HTTPServer.listen(
          host: "127.0.0.1", port: port, eventLoop: MultiThreadedEventLoopGroup.singleton.any(), responder: Echo())
      }
      #expect(error?.isAddressInUse == true)
      #expect(error?.description.contains("\(port)") == true)
      #expect(error?.description.contains("another port") == true)
    }
  }

  private func withServer(limits: HTTPLimits = HTTPLimits(), _ body: (Int) async throws -> Void) async throws {
    let server = try await HTTPServer.listen(
      host: "127.0.0.1", port: 0, eventLoop: MultiThreadedEventLoopGroup.singleton.any(), limits: limits,
      responder: Echo())
    do {
      try await body(server.port)
    } catch {
      await server.shutdown()
      throw error
    }
    await server.shutdown()
  }
}

/// Answers with the method, the target and the body.
private struct Echo: HTTPResponder {
  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling { .collect(upTo: 1000) }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) {
    guard request.bodyState == .complete else {
      return exchange.respond(ServerResponse(.payloadTooLarge))
    }
    switch request.path {
    case "/slow":
      exchange.eventLoop.scheduleTask(in: .milliseconds(50)) { answer(request, exchange) }
    case "/split":
      exchange.respond(ServerResponse(.ok, headers: ["x-field": "a\r\ninjected: yes"]))
    case "/stream":
      exchange.begin(.ok, headers: [:])
      exchange.write(ByteBuffer(string: "one"))
      exchange.write(ByteBuffer())
      exchange.write(ByteBuffer(string: "two"))
      exchange.end(trailers: ["x-end": "yes"])
    default: answer(request, exchange)
    }
  }

  private func answer(_ request: ServerRequest, _ exchange: HTTPExchange) {
    exchange.respond(
      ServerResponse(
        .ok, contentType: "text/plain",
        "\(request.head.method.rawValue) \(request.head.uri) \(String(buffer: request.body))"))
  }
}

extension String {
  /// The bodies of answers that follow each other.
  fileprivate func components(after separator: String) -> [String] {
    var bodies: [String] = []
    var rest = self[...]
    while let end = rest.firstRange(ofText: separator) {
      rest = rest[end.upperBound...]
      let next = rest.firstRange(ofText: "HTTP/1.1 ")?.lowerBound ?? rest.endIndex
      bodies.append(String(rest[..<next]))
      rest = rest[next...]
    }
    return bodies
  }
}
