import FoundationEssentials
import Testing

@testable import LocalLambda

/// RESPONSE_STREAM, with a function that streams by curl.
@Suite(.timeLimit(.minutes(2))) struct FunctionURLStreamTests {
  static let metadata = #"{"statusCode":201,"headers":{"content-type":"text/plain","x-a":"b"},"cookies":["c=1"]}"#
  /// Shell that writes metadata and the end of the prelude.
  static let prelude = #"printf '%s' '\#(metadata)'; printf '\0\0\0\0\0\0\0\0';"#

  private func run(
    _ script: String, type: String = StreamPrelude.contentType, saysSo: Bool = true, cors: CORSConfiguration? = nil,
    limit: Int = 60, _ body: (GatewayFixture) async throws -> Void
  ) async throws {
    var url = FunctionURLConfiguration()
    url.invokeMode = .responseStream
    url.cors = cors
    try await GatewayFixture.run(
      url: url, command: Answering.streaming(script, type: type, saysSo: saysSo, limit: limit), body)
  }

  /// Whether the function's runtime says that it streams or not: it is the caller who wants it.
  @Test(arguments: [true, false]) func sendsWhatTheFunctionWritesWhileItWrites(saysSo: Bool) async throws {
    let go = "/tmp/function-url-\(RandomID.uuid())"
    let script = "\(Self.prelude) printf one; until [ -e \(go) ]; do sleep 0.05; done; printf two"
    try await run(script, saysSo: saysSo) { fixture in
      let connection = try await RawConnection.open(port: fixture.functionURL.port)
      try await connection.send("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
      // The function does not go on before this has come.
      let first = try await connection.text { $0.contains("one") }
      #expect(first.hasPrefix("HTTP/1.1 201 Created\r\n"))
      #expect(first.contains("transfer-encoding: chunked\r\n"))
      #expect(first.contains("x-a: b\r\n"))
      #expect(first.contains("set-cookie: c=1\r\n"))
      #expect(FileManager.default.createFile(atPath: go, contents: nil))
      #expect(try await connection.textUntilClosed().hasSuffix("3\r\ntwo\r\n0\r\n\r\n"))
      try FileManager.default.removeItem(atPath: go)
    }
  }

  @Test func aStreamWithoutPreludeIsABody() async throws {
    try await run("printf hello", type: "text/event-stream") { fixture in
      let response = try await fixture.functionURL.send("GET", "/")
      #expect(response.status == 200)
      #expect(response.header("content-type") == "text/event-stream")
      #expect(response.text == "hello")
    }
  }

  @Test func corsIsAddedToStreams() async throws {
    try await run(Self.prelude, cors: CORSConfiguration(allowOrigins: ["*"])) { fixture in
      let response = try await fixture.functionURL.send("GET", "/", headers: [("Origin", "https://a.b")])
      #expect(response.status == 201)
      #expect(response.header("access-control-allow-origin") == "*")
      #expect(response.body.isEmpty)
    }
  }

  @Test(arguments: [
    "printf 'no prelude at all'", #"printf '{}\0\0\0body'"#, #"printf 'not JSON\0\0\0\0\0\0\0\0body'"#,
    #"printf '{"statusCode":99}\0\0\0\0\0\0\0\0body'"#,
    #"printf '{"headers":{"a":"b\\r\\nc: d"}}\0\0\0\0\0\0\0\0body'"#,
  ])
  func aPreludeThatMakesNoSenseIsABadGateway(script: String) async throws {
    try await run(script) { fixture in
      let response = try await fixture.functionURL.send("GET", "/")
      #expect(response.status == 502)
      #expect(response.text == "Internal Server Error")
    }
  }

  @Test func aStreamThatBreaksOffIsNotEnded() async throws {
    try await run("\(Self.prelude) printf one; sleep 60", limit: 1) { fixture in
      let connection = try await RawConnection.open(port: fixture.functionURL.port)
      try await connection.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n")
      let text = try await connection.textUntilClosed()
      #expect(text.hasSuffix("3\r\none\r\n"))
    }
  }

  /// As recorded from the real service: only a prelude makes a response of an answer.
  @Test func anAnswerInOnePieceIsABodyToo() async throws {
    var url = FunctionURLConfiguration()
    url.invokeMode = .responseStream
    try await GatewayFixture.run(url: url, command: Answering.command(#"{"statusCode":418,"body":"tea"}"#)) { fixture in
      let response = try await fixture.functionURL.send("GET", "/")
      #expect(response.status == 200)
      #expect(response.text == #"{"statusCode":418,"body":"tea"}"#)
    }
  }

  @Test func aBufferingURLSendsAStreamAsAWhole() async throws {
    try await GatewayFixture.run(
      command: Answering.streaming("\(Self.prelude) printf one; sleep 0.2; printf two", type: StreamPrelude.contentType)
    ) { fixture in
      let response = try await fixture.functionURL.send("GET", "/")
      #expect(response.status == 201)
      #expect(response.text == "onetwo")
      #expect(response.header("content-length") == "6")
      #expect(response.header("transfer-encoding") == nil)
    }
  }
}
