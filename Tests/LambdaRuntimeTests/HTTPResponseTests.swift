import Testing

@testable import LambdaRuntime

@Suite("The head of a response")
struct HTTPResponseTests {
  private func head(_ text: String) throws -> HTTPResponseHead {
    try HTTPResponseHead(parsing: Array(text.utf8))
  }

  @Test("finds fields in any case and trims their values")
  func fields() throws {
    let head = try head("HTTP/1.1 200 OK\r\nLAMBDA-runtime-Trace-Id:\t Root=1 \r\nEmpty:\r\nX: a: b\r\n\r\n")
    #expect(head.status == 200)
    #expect(head["Lambda-Runtime-Trace-Id"] == "Root=1")
    #expect(head["Empty"] == nil)
    #expect(head["X"] == "a: b")
    #expect(head["Missing"] == nil)
  }

  @Test(
    "tells how long the body is",
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n", HTTPResponseHead.Framing.length(12)),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 12\r\n\r\n", .chunked),
      ("HTTP/1.1 200 OK\r\n\r\n", .untilClose), ("HTTP/1.1 204 No Content\r\n\r\n", .length(0)),
    ])
  func framing(text: String, framing: HTTPResponseHead.Framing) throws {
    #expect(try head(text).framing() == framing)
  }

  @Test(
    "tells whether the connection stays",
    arguments: [
      ("HTTP/1.1 200 OK\r\n\r\n", false), ("HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", true),
      ("HTTP/1.0 200 OK\r\n\r\n", true), ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", false),
    ])
  func keepAlive(text: String, closes: Bool) throws {
    #expect(try head(text).closesConnection == closes)
  }

  @Test(
    "refuses what is no HTTP/1.1",
    arguments: [
      "HTTP/2 200\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "220 smtp.example.org ready\r\n\r\n", "\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n: no name\r\n\r\n", "HTTP/1.1 200 OK\r\n",
    ])
  func malformed(text: String) {
    #expect(throws: HTTPConnectionError.self) { try head(text) }
  }

  @Test(
    "refuses lengths and codings that it cannot follow",
    arguments: [
      "Content-Length: -1", "Content-Length: 1x",
      "Content-Length: 99999999999999999999", "Transfer-Encoding: gzip",
    ])
  func badFraming(field: String) throws {
    let head = try head("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n")
    #expect(throws: HTTPConnectionError.self) { try head.framing() }
  }
}
