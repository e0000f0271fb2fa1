import HTTPClient
import TestSupport
import Testing

/// What goes wrong on the way, and what the caller is told.
@Suite struct HTTPClientFailureTests {
  private let client = HTTPClient(configuration: HTTPClientConfiguration(environment: { _ in nil }))

  private func failure(_ request: HTTPClientRequest) async throws -> HTTPClientError {
    let error = await #expect(throws: HTTPClientError.self) { try await client.send(request) }
    return try #require(error)
  }

  @Test func aServerThatNeverAnswersTimesOut() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.forever()
    } body: { server in
      let error = try await failure(
        HTTPClientRequest(url: server.url + "/slow?token=secret", timeout: .milliseconds(100)))
      #expect(error.kind == .timedOut)
      #expect(error.mayHaveBeenSent)
      #expect(error.url == server.url + "/slow")
    }
  }

  @Test func anAnswerThatStopsInItsMiddleTimesOut() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
      try await connection.forever()
    } body: { server in
      let error = try await failure(HTTPClientRequest(url: server.url, timeout: .milliseconds(100)))
      #expect(error.kind == .timedOut)
    }
  }

  @Test func aRefusedConnectionNamesTheAddressButNoSecret() async throws {
    let refusing = try RefusingPort()
    defer { withExtendedLifetime(refusing) {} }
    let port = refusing.number
    let error = try await failure(HTTPClientRequest(url: "http://user:password@127.0.0.1:\(port)/a/b?key=secret#x"))
    #expect(error.kind == .couldNotConnect)
    #expect(!error.mayHaveBeenSent)
    #expect(error.url == "http://127.0.0.1:\(port)/a/b")
    #expect(error.message.contains("\(port)"))
    #expect(!"\(error)".contains("secret") && !"\(error)".contains("password"))
  }

  @Test func aNameWithoutAddressIsToldSo() async throws {
    let error = try await failure(HTTPClientRequest(url: "http://nowhere.invalid/"))
    #expect(error.kind == .couldNotResolve)
    #expect(!error.mayHaveBeenSent)
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", HTTPClientError.Kind.connectionLost),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf", .connectionLost),
    ("", .connectionLost),
    ("220 mail.example ESMTP\r\n", .badResponse),
    ("\u{1}\u{2}\u{3}\u{4}garbage without end", .badResponse),
  ])
  func anAnswerThatBreaksOffOrIsNoHTTPIsAnError(answer: String, kind: HTTPClientError.Kind) async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.write(answer)
      try await connection.close()
    } body: { server in
      let error = try await failure(HTTPClientRequest(method: "POST", url: server.url, body: [1, 2, 3]))
      #expect(error.kind == kind)
      #expect(error.mayHaveBeenSent)
    }
  }

  @Test func aBodyWithoutLengthEndsWithTheConnection() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.write("HTTP/1.1 200 OK\r\n\r\nall of it")
      try await connection.close()
    } body: { server in
      let answer = try await client.send(HTTPClientRequest(url: server.url))
      #expect(answer.text == "all of it")
    }
  }

  @Test(arguments: [true, false])
  func anAnswerOverTheLimitIsRefused(isChunked: Bool) async throws {
    try await ScriptedHTTPServer.run { _, connection in
      let body = [UInt8](repeating: 65, count: 100_001)
      if isChunked {
        try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n186a1\r\n")
        try await connection.write(body)
        try await connection.write("\r\n0\r\n\r\n")
      } else {
        try await connection.reply(200, bytes: body)
      }
    } body: { server in
      let error = try await failure(HTTPClientRequest(url: server.url, maximumResponseBytes: 100_000))
      #expect(error.kind == .tooLarge)
      #expect(error.message.contains("100000"))
      let fits = try await client.send(HTTPClientRequest(url: server.url, maximumResponseBytes: 100_001))
      #expect(fits.body.count == 100_001)
    }
  }

  @Test func aHeadWithoutEndIsRefused() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.write("HTTP/1.1 200 OK\r\n")
      let line = "X-Filler: " + String(repeating: "f", count: 1000) + "\r\n"
      while true { try await connection.write(line) }
    } body: { server in
      let answer = try await failure(HTTPClientRequest(url: server.url))
      #expect(answer.kind == .tooLarge)
    }
  }

  @Test(arguments: [
    "", "/path", "localhost:80", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http:///x", "http://a b/",
    "http://127.0.0.1/\r\nX: y", "http://127.0.0.1:99999/",
  ])
  func aURLThatIsNoneIsRefused(url: String) async throws {
    let error = try await failure(HTTPClientRequest(url: url))
    #expect(error.kind == .badURL)
    #expect(!error.mayHaveBeenSent)
  }

  @Test(arguments: [
    HTTPClientRequest(method: "GET /x HTTP/1.1\r\nX:", url: "http://127.0.0.1:1/"),
    HTTPClientRequest(method: "", url: "http://127.0.0.1:1/"),
    HTTPClientRequest(url: "http://127.0.0.1:1/", headers: ["X": "a\r\nInjected: b"]),
    HTTPClientRequest(url: "http://127.0.0.1:1/", headers: ["X: y\r\nZ": "a"]),
    HTTPClientRequest(url: "http://127.0.0.1:1/", headers: ["": "a"]),
  ])
  func nothingCanBeInjectedIntoARequest(request: HTTPClientRequest) async throws {
    let answer = try await failure(request)
    #expect(answer.kind == .badRequest)
  }

  @Test func plainHTTPWhereTLSIsExpectedIsATLSError() async throws {
    try await ScriptedHTTPServer.run { _, _ in
    } body: { server in
      let error = try await failure(HTTPClientRequest(url: "https://127.0.0.1:\(server.port)/"))
      #expect(error.kind == .tls)
      #expect(!error.mayHaveBeenSent)
    }
  }

  @Test func aMissingCertificateFileIsNamed() async throws {
    try await ScriptedHTTPServer.run { _, _ in
    } body: { server in
      let client = HTTPClient(configuration: HTTPClientConfiguration { ["SSL_CERT_FILE": "/nowhere/ca.pem"][$0] })
      let error = await #expect(throws: HTTPClientError.self) {
        try await client.send(HTTPClientRequest(url: "https://127.0.0.1:\(server.port)/"))
      }
      #expect(error?.kind == .tls)
      #expect(error?.message.contains("/nowhere/ca.pem") == true)
    }
  }
}
