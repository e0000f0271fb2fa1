import Testing

@testable import LambdaRuntime

@Suite("A connection to the Runtime API")
struct HTTPConnectionTests {
  private let request = Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)

  /// Makes `count` exchanges, while the script plays the server; returns the bodies.
  private func bodies(
    of count: Int, _ script: @escaping @Sendable (ScriptedRuntimeAPI) throws -> Void
  ) async throws -> [String] {
    let server = try ScriptedRuntimeAPI()
    let endpoint = try Endpoint(parsing: server.address)
    async let played: Void = onThread { try script(server) }
    let request = request
    let bodies = try await onThread {
      var connection = HTTPConnection(to: endpoint)
      return try (0..<count).map { _ in String(decoding: try connection.exchange(head: request).body, as: UTF8.self) }
    }
    try await played
    return bodies
  }

  @Test("reads a body that comes in pieces")
  func pieces() async throws {
    let bodies = try await bodies(of: 1) { server in
      let connection = try server.accept()
      _ = try connection.nextRequest()
      for piece in ["HTTP/1.1 200 O", "K\r", "\nContent-Length: 11\r\n\r", "\nhel", "lo ", "world"] {
        connection.send(piece)
      }
    }
    #expect(bodies == ["hello world"])
  }

  @Test("reads chunks, with extensions and trailers, and keeps the connection")
  func chunks() async throws {
    let bodies = try await bodies(of: 2) { server in
      let connection = try server.accept()
      _ = try connection.nextRequest()
      connection.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nT: x\r\n\r\n")
      _ = try connection.nextRequest()
      connection.answer(200, "again")
    }
    #expect(bodies == ["hello world", "again"])
  }

  @Test("skips interim responses, and reads until the end what has no length")
  func interimAndUntilClose() async throws {
    let bodies = try await bodies(of: 2) { server in
      do {
        let connection = try server.accept()
        _ = try connection.nextRequest()
        connection.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nto the end")
      }
      let connection = try server.accept()
      _ = try connection.nextRequest()
      connection.answer(200, "next")
    }
    #expect(bodies == ["to the end", "next"])
  }

  @Test("reads a large body and a head larger than its buffer")
  func large() async throws {
    let long = String(repeating: "x", count: 100_000)
    let body = String(repeating: "y", count: 3_000_000)
    let bodies = try await bodies(of: 2) { server in
      let connection = try server.accept()
      for _ in 0..<2 {
        _ = try connection.nextRequest()
        connection.answer(200, body, headers: ["Long": long])
      }
    }
    #expect(bodies == [body, body])
  }

  @Test("connects again, once, when the server closed the connection between two exchanges")
  func reconnects() async throws {
    let bodies = try await bodies(of: 2) { server in
      do {
        let connection = try server.accept()
        _ = try connection.nextRequest()
        connection.answer(200, "first")
      }
      let connection = try server.accept()
      _ = try connection.nextRequest()
      connection.answer(200, "second")
    }
    #expect(bodies == ["first", "second"])
  }

  @Test("replaces a closed connection before a request that could not be sent again")
  func stale() async throws {
    let server = try ScriptedRuntimeAPI()
    let endpoint = try Endpoint(parsing: server.address)
    let request = request
    let bodies = try await onThread {
      var connection = HTTPConnection(to: endpoint)
      return try ["first", "second"].map { text in
        connection.closeIfStale()
        try connection.send(request)
        let accepted = try server.accept()
        _ = try accepted.nextRequest()
        accepted.answer(200, text)
        defer { accepted.close() }
        return String(decoding: try connection.receive().body, as: UTF8.self)
      }
    }
    #expect(bodies == ["first", "second"])
  }

  @Test("does not send a request a second time when its answer had begun")
  func cutOff() async throws {
    await #expect(throws: HTTPConnectionError.self) {
      try await bodies(of: 2) { server in
        let connection = try server.accept()
        _ = try connection.nextRequest()
        connection.answer(200, "first")
        _ = try connection.nextRequest()
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      }
    }
  }

  @Test("does not try for ever with a server that closes every connection")
  func closedAtOnce() async throws {
    await #expect(throws: HTTPConnectionError.self) {
      try await bodies(of: 1) { server in
        let connection = try server.accept()
        _ = try connection.nextRequest()
      }
    }
  }

  @Test("takes the early answer of a server that does not read a large request to its end")
  func earlyAnswer() async throws {
    let server = try ScriptedRuntimeAPI()
    let endpoint = try Endpoint(parsing: server.address)
    let request = request
    async let played: Void = onThread {
      let connection = try server.accept()
      _ = try connection.nextRequest()
      connection.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 9\r\n\r\ntoo large")
    }
    let status = try await onThread {
      var connection = HTTPConnection(to: endpoint)
      let body = [UInt8](repeating: 120, count: 64 << 20)
      return try connection.exchange(head: request, body: body).status
    }
    try await played
    #expect(status == 413)
  }

  @Test(
    "says what is malformed",
    arguments: [
      "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nab\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n7fffffffffffffff\r\nab\r\n",
    ])
  func malformed(answer: String) async throws {
    await #expect {
      try await bodies(of: 1) { server in
        let connection = try server.accept()
        _ = try connection.nextRequest()
        connection.send(answer)
      }
    } throws: { error in
      if case .malformed? = error as? HTTPConnectionError { true } else { false }
    }
  }
}

@Suite("Where the Runtime API is")
struct EndpointTests {
  @Test(
    "is host:port, and with some emulators a path",
    arguments: [
      ("127.0.0.1:9001", "127.0.0.1", 9001, "", "127.0.0.1:9001"),
      ("localhost:80", "localhost", 80, "", "localhost:80"),
      ("[::1]:9001", "::1", 9001, "", "[::1]:9001"), ("http://host:9000/fn/", "host", 9000, "/fn", "host:9000"),
    ])
  func parses(text: String, host: String, port: Int, path: String, authority: String) throws {
    let endpoint = try Endpoint(parsing: text)
    #expect(endpoint.host == host)
    #expect(Int(endpoint.port) == port)
    #expect(endpoint.path == path)
    #expect(endpoint.authority == authority)
  }

  @Test("is refused by name", arguments: ["", "host", ":80", "host:", "host:99999", "host:x"])
  func refuses(text: String) {
    #expect { try Endpoint(parsing: text) } throws: { "\($0)".contains("AWS_LAMBDA_RUNTIME_API") }
  }
}
