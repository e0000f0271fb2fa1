import HTTPClient
import Synchronization
import TestSupport
import Testing

/// The client against a server on a real socket.
@Suite struct HTTPClientTests {
  private let client = HTTPClient(configuration: HTTPClientConfiguration(environment: { _ in nil }))

  @Test func sendsARequestAndReadsTheAnswer() async throws {
    try await ScriptedHTTPServer.run { request, connection in
      try await connection.reply(201, headers: [("X-Method", request.method)], body: request.text + request.target)
    } body: { server in
      let response = try await client.send(
        HTTPClientRequest(
          method: "PUT", url: server.url + "/a/../b?q=1", headers: ["Content-Type": "text/plain", "X-Empty": ""],
          body: Array("hello ".utf8)))
      #expect(response.status == 201)
      #expect(response.headers["x-method"] == "PUT")
      #expect(response.headers["X-METHOD"] == "PUT")
      #expect(response.text == "hello /a/../b?q=1")
      let request = try #require(server.requests.first)
      #expect(request["Content-Type"] == "text/plain")
      #expect(request["Content-Length"] == "6")
      #expect(request["X-Empty"] == "")
      #expect(request["Expect"] == nil)
      #expect(request["User-Agent"] == nil)
      #expect(request["Host"] == "127.0.0.1:\(server.port)")
    }
  }

  @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "GET"])
  func sendsTheMethodsThatHaveABody(method: String) async throws {
    try await ScriptedHTTPServer.run { request, connection in
      try await connection.reply(200, body: "\(request.method) \(request["Content-Length"] ?? "-") \(request.text)")
    } body: { server in
      let full = try await client.send(HTTPClientRequest(method: method, url: server.url, body: Array("x".utf8)))
      #expect(full.text == "\(method) 1 x")
      let empty = try await client.send(HTTPClientRequest(method: method, url: server.url))
      #expect(empty.text == "\(method) \(["DELETE", "GET"].contains(method) ? "-" : "0") ")
      #expect(server.requests.allSatisfy { $0["Content-Type"] == nil })
    }
  }

  @Test func namesTheProgramUnlessARequestDoes() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.reply(200)
    } body: { server in
      let client = HTTPClient(configuration: HTTPClientConfiguration(userAgent: "program", environment: { _ in nil }))
      _ = try await client.send(HTTPClientRequest(url: server.url))
      _ = try await client.send(HTTPClientRequest(url: server.url, headers: ["User-Agent": "request"]))
      #expect(server.requests.map { $0["User-Agent"] } == ["program", "request"])
    }
  }

  @Test func answersWithoutABodyEndAtTheHead() async throws {
    try await ScriptedHTTPServer.run { request, connection in
      switch request.target {
      case "/head": try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
      case "/204": try await connection.write("HTTP/1.1 204 No Content\r\n\r\n")
      default: try await connection.write("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")
      }
    } body: { server in
      let head = try await client.send(
        HTTPClientRequest(method: "HEAD", url: server.url + "/head", maximumResponseBytes: 10))
      #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == "1000")
      let noContent = try await client.send(HTTPClientRequest(method: "DELETE", url: server.url + "/204"))
      #expect(noContent.status == 204 && noContent.body.isEmpty)
      let notModified = try await client.send(HTTPClientRequest(url: server.url + "/304"))
      #expect(notModified.status == 304 && notModified.body.isEmpty)
      #expect(server.acceptedConnections == 1)
    }
  }

  @Test func readsInterimAnswersFoldedLinesChunksAndTrailers() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nA:  one \r\n")
      try await connection.write("A: two\r\nB: x\r\n y\r\nTransfer-Encoding: chunked\r\nTrailer: C\r\n\r\n")
      try await connection.write("3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nC: late\r\n\r\n")
    } body: { server in
      let response = try await client.send(HTTPClientRequest(url: server.url))
      #expect(response.status == 200 && response.text == "abcde")
      #expect(response.headers["link"] == nil)
      #expect(response.headers["a"] == "one")
      #expect(response.headers.filter { $0.name == "A" }.map(\.value) == ["one", "two"])
      #expect(response.headers["b"] == "x y")
      #expect(response.headers["c"] == nil)
    }
  }

  @Test func reusesItsConnection() async throws {
    try await ScriptedHTTPServer.run { request, connection in
      try await connection.reply(200, body: request.target)
    } body: { server in
      for number in 0..<20 {
        let response = try await client.send(HTTPClientRequest(url: server.url + "/\(number)"))
        #expect(response.text == "/\(number)")
      }
      #expect(server.acceptedConnections == 1)
    }
  }

  @Test func aConnectionThatTheServerClosedMeanwhileIsReplaced() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.reply(200, body: "ok")
      try await connection.close()
    } body: { server in
      for _ in 0..<3 {
        let answer = try await client.send(HTTPClientRequest(url: server.url))
        #expect(answer.text == "ok")
      }
      #expect(server.acceptedConnections == 3)
    }
  }

  @Test func doesNotFollowRedirects() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.reply(302, headers: [("Location", "/elsewhere")])
    } body: { server in
      let response = try await client.send(HTTPClientRequest(url: server.url))
      #expect(response.status == 302 && response.headers["location"] == "/elsewhere")
      #expect(server.requests.count == 1)
    }
  }

  @Test func sendsAndReceivesALargeBody() async throws {
    let body = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try await ScriptedHTTPServer.run { request, connection in
      try await connection.reply(200, bytes: request.body)
    } body: { server in
      let response = try await client.send(HTTPClientRequest(method: "POST", url: server.url, body: body))
      #expect(response.body == body)
      #expect(server.requests.first?["Expect"] == nil)
    }
  }

  @Test func twoHundredRequestsAtOnce() async throws {
    let arrived = Mutex(0)
    try await ScriptedHTTPServer.run { request, connection in
      // Nobody is answered before all are there: the client must really have them all under way.
      arrived.withLock { $0 += 1 }
      while arrived.withLock({ $0 }) < 200 { try await Task.sleep(for: .milliseconds(5)) }
      try await connection.reply(200, body: request.target)
    } body: { server in
      let texts = try await withThrowingTaskGroup(of: String.self) { group in
        for number in 0..<200 {
          group.addTask { [client] in
            try await client.send(HTTPClientRequest(url: server.url + "/\(number)")).text
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(texts == Set((0..<200).map { "/\($0)" }))
    }
  }

  @Test func proxiesOfTheEnvironmentAreUsedButNotForLoopback() async throws {
    try await ScriptedHTTPServer.run { request, connection in
      try await connection.reply(200, body: request.target)
    } body: { server in
      let client = HTTPClient(
        configuration: HTTPClientConfiguration { ["http_proxy": server.url, "HTTP_PROXY": "http://127.0.0.1:1"][$0] })
      let proxied = try await client.send(HTTPClientRequest(url: "http://service.invalid/x"))
      #expect(proxied.text == "http://service.invalid/x")
      let answer = try await client.send(HTTPClientRequest(url: server.url + "/y"))
      #expect(answer.text == "/y")
      let direct = HTTPClient(
        configuration: HTTPClientConfiguration { ["http_proxy": server.url, "no_proxy": "service.invalid"][$0] })
      let error = await #expect(throws: HTTPClientError.self) {
        try await direct.send(HTTPClientRequest(url: "http://service.invalid/x"))
      }
      #expect(error?.kind == .couldNotResolve)
    }
  }
}
