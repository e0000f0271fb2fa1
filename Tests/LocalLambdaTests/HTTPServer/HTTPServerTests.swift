import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import LocalLambda

/// The server on a live socket, with requests as a client may send them.
@Suite(.timeLimit(.minutes(2))) struct HTTPServerTests {
  @Test func answersPipelinedRequestsInOrder() async throws {
    // The first takes longest, and still comes first.
    let text = try await HTTPServerFixture.answer(
      to: "GET /slow HTTP/1.1\r\nhost: x\r\n\r\nGET /two HTTP/1.1\r\nhost: x\r\n\r\n"
        + "POST /three HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabcGET /four HTTP/1.1\r\nhost: x\r\n"
        + "connection: close\r\n\r\n")
    #expect(text.bodies == ["GET /slow ", "GET /two ", "POST /three abc", "GET /four "])
  }

  @Test func answersAThousandPipelinedRequests() async throws {
    var requests = ""
    for number in 0..<1000 { requests += "GET /\(number) HTTP/1.1\r\nhost: x\r\n\r\n" }
    let text = try await HTTPServerFixture.answer(
      to: requests + "GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    #expect(text.bodies == (0..<1000).map { "GET /\($0) " } + ["GET /last "])
  }

  @Test func answersHeadWithTheLengthAndNoBody() async throws {
    let text = try await HTTPServerFixture.answer(to: "HEAD /x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    #expect(text.contains("content-length: 8\r\n"))
    #expect(text.hasSuffix("\r\n\r\n"))
  }

  @Test func anAnswerWithoutContentHasNoLength() async throws {
    let text = try await HTTPServerFixture.answer(
      to: "GET /empty HTTP/1.1\r\nhost: x\r\n\r\nGET /next HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    #expect(text.hasPrefix("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n"))
  }

  @Test func goesOnWhenTheCallerWaitsForLeave() async throws {
    try await HTTPServerFixture.run { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("POST /x HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
      let first = try await connection.text { $0.contains("\r\n\r\n") }
      #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
      try await connection.send("ok")
      let all = try await connection.text { $0.contains("POST /x ok") }
      #expect(all.contains("HTTP/1.1 200 OK"))
      try await connection.close()
    }
  }

  @Test func refusesATooLargeBodyBeforeItIsSent() async throws {
    let text = try await HTTPServerFixture.answer(
      to: "POST /x HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2000\r\n\r\n")
    #expect(text.hasPrefix("HTTP/1.1 413 "))
  }

  @Test func aTooLargeBodyLeavesTheConnectionUsable() async throws {
    try await HTTPServerFixture.run { port in
      let connection = try await RawConnection.open(port: port)
      let body = String(repeating: "x", count: 2000)
      try await connection.send("POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 2000\r\n\r\n\(body)")
      _ = try await connection.text { $0.hasPrefix("HTTP/1.1 413 ") && $0.contains("\r\n\r\n") }
      try await connection.send("GET /next HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
      #expect(try await connection.textUntilClosed().hasSuffix("GET /next "))
    }
  }

  @Test func aFarTooLargeBodyIsNotReadToItsEnd() async throws {
    var limits = HTTPLimits()
    limits.discardedBytes = 100_000
    try await HTTPServerFixture.run(limits: limits) { port in
      for head in ["content-length: 5000000", "transfer-encoding: chunked"] {
        let connection = try await RawConnection.open(port: port)
        try await connection.send("POST /x HTTP/1.1\r\nhost: x\r\n\(head)\r\n\r\n")
        let piece = String(repeating: "x", count: 0x10000)
        // The answer is there before the body is: it is not destroyed by what still comes.
        for _ in 0..<4 { try? await connection.send("10000\r\n\(piece)\r\n") }
        #expect(try await connection.textUntilClosed().hasPrefix("HTTP/1.1 413 "), "\(head)")
      }
    }
  }

  @Test func readsChunkedBodies() async throws {
    try await HTTPServerFixture.run { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send(
        "POST /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n")
      try await connection.send("3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\ntrailer: 1\r\n\r\n")
      #expect(try await connection.textUntilClosed().hasSuffix("POST /x abcde"))
    }
  }

  @Test func readsABodyByteByByte() async throws {
    try await HTTPServerFixture.run { port in
      let connection = try await RawConnection.open(port: port)
      let request =
        "POST /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"
      for scalar in request.unicodeScalars { try await connection.send(String(scalar)) }
      #expect(try await connection.textUntilClosed().hasSuffix("POST /x 0123456789"))
    }
  }

  @Test func handsOnPartsAndTrailersOfAStreamedBody() async throws {
    let text = try await HTTPServerFixture.answer(
      to: "POST /streamed HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        + "3\r\nabc\r\n0\r\nx-end: yes\r\n\r\n")
    #expect(text.hasSuffix("end yes"))
  }

  @Test func aStreamedBodyThatBreaksOffIsToldToTheResponder() async throws {
    try await HTTPServerFixture.run { port in
      let connection = try await RawConnection.open(port: port)
      try await connection.send("POST /streamed HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc")
      try await connection.finishSending()
      #expect(try await connection.textUntilClosed().hasSuffix("truncated"))
    }
  }

  @Test func streamsInChunksWithTrailers() async throws {
    let text = try await HTTPServerFixture.answer(
      to: "GET /stream HTTP/1.1\r\nhost: x\r\n\r\nGET /after HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    #expect(
      text.contains("transfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\nx-end: yes\r\n\r\nHTTP/1.1 200"))
    #expect(text.hasSuffix("GET /after "))
  }

  @Test func streamsToHTTP10UntilTheEnd() async throws {
    let text = try await HTTPServerFixture.answer(to: "GET /stream HTTP/1.0\r\nconnection: keep-alive\r\n\r\n")
    #expect(text.hasSuffix("connection: close\r\n\r\nonetwo"))
    #expect(!text.contains("chunked"))
  }

  @Test func aFieldCannotStartAnother() async throws {
    let text = try await HTTPServerFixture.answer(to: "GET /split HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    #expect(text.contains("x-field: a  injected: yes\r\n"))
  }

  @Test(arguments: [
    ("GET http://example.com:81/a?b=c HTTP/1.1\r\nhost: x\r\n", "GET /a?b=c "),
    ("GET HTTP://example.com HTTP/1.1\r\nhost: x\r\n", "GET / "),
    ("GET http://example.com?q HTTP/1.1\r\nhost: x\r\n", "GET /?q "),
    ("OPTIONS * HTTP/1.1\r\nhost: x\r\n", "OPTIONS * "),
  ])
  func takesTargetsOfEveryForm(request: String, body: String) async throws {
    let text = try await HTTPServerFixture.answer(to: request + "connection: close\r\n\r\n")
    #expect(text.hasSuffix("\r\n\r\n" + body))
  }

  @Test func theHostOfAnAbsoluteTargetCounts() throws {
    var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "http://example.com:81/a", headers: ["Host": "x"])
    _ = try RequestFraming(&head, limits: HTTPLimits())
    #expect(head.uri == "/a")
    #expect(head.headers["host"] == ["example.com:81"])
  }

  @Test func tellsThatAPortIsTaken() async throws {
    try await HTTPServerFixture.run { port in
      let error = await #expect(throws: ListenError.self) {
        try await HTTPServer.listen(
          host: "127.0.0.1", port: port, eventLoop: MultiThreadedEventLoopGroup.singleton.any(),
          responder: EchoResponder())
      }
      #expect(error?.isAddressInUse == true)
      #expect(error?.description.contains("\(port)") == true)
      #expect(error?.description.contains("another port") == true)
    }
  }
}

extension String {
  /// The bodies of answers that follow each other.
  fileprivate var bodies: [String] {
    var bodies: [String] = []
    var rest = self[...]
    while let end = rest.firstRange(ofText: "\r\n\r\n") {
      rest = rest[end.upperBound...]
      let next = rest.firstRange(ofText: "HTTP/1.1 ")?.lowerBound ?? rest.endIndex
      bodies.append(String(rest[..<next]))
      rest = rest[next...]
    }
    return bodies
  }
}
