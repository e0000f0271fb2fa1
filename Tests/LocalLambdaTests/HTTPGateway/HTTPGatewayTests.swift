import JSON
import Testing

@testable import LocalLambda

/// Over real HTTP: the echo function answers with the event itself, which is then the body.
@Suite(.timeLimit(.minutes(2))) struct HTTPGatewayTests {
  @Test func writesTheEventOfARequest() async throws {
    try await EchoFixture.run(routes: ["POST /users/{id}/notes"]) { fixture in
      let response = try await fixture.gateway.send(
        "POST", "/users/a%20b%C3%BC/notes?x=1&x=2&name=J%C3%B6rg+M&empty=&flag",
        headers: [
          ("Content-Type", "application/json; charset=utf-8"), ("Cookie", "a=1; b=2"), ("X-Twice", "one"),
          ("X-Twice", "two"), ("Cookie", "c=3"), ("User-Agent", "test/1"), ("X-Forwarded-For", "10.0.0.1"),
        ], body: Array(#"{"ü":1}"#.utf8))
      #expect(response.status == 200)
      #expect(response.header("content-type") == "application/json")
      let event = try #require(response.json)
      #expect(event["version"] == "2.0")
      #expect(event["routeKey"] == "POST /users/{id}/notes")
      #expect(event["rawPath"] == "/users/a bü/notes")
      #expect(event["rawQueryString"] == "x=1&x=2&name=J%C3%B6rg+M&empty=&flag")
      #expect(
        event["queryStringParameters"] == ["x": "1,2", "name": "Jörg M", "empty": "", "flag": ""])
      #expect(event["pathParameters"] == ["id": "a bü"])
      #expect(event["cookies"] == ["a=1", "b=2", "c=3"])
      let headers = try #require(event["headers"])
      #expect(headers["x-twice"] == "one,two")
      #expect(headers["cookie"] == nil)
      #expect(headers["connection"] == nil)
      #expect(headers["content-length"] == "8")
      #expect(headers["x-forwarded-for"] == "10.0.0.1, 127.0.0.1")
      #expect(headers["x-forwarded-proto"] == "http")
      #expect(headers["x-forwarded-port"]?.stringValue == "\(fixture.gatewayPort)")
      #expect(headers["x-amzn-trace-id"]?.stringValue?.hasPrefix("Root=1-") == true)
      #expect(event["body"] == #"{"ü":1}"#)
      #expect(event["isBase64Encoded"] == false)
      let context = try #require(event["requestContext"])
      #expect(context["http"]?["method"] == "POST")
      #expect(context["http"]?["path"] == "/users/a bü/notes")
      #expect(context["http"]?["sourceIp"] == "127.0.0.1")
      #expect(context["http"]?["userAgent"] == "test/1")
      #expect(context["domainName"] == "127.0.0.1")
      #expect(context["stage"] == "$default")
      #expect(context["timeEpoch"]?.int64Value.map { abs($0 - WallClock.milliseconds()) < 60_000 } == true)
      #expect(context["requestId"]?.stringValue == response.header("apigw-requestid"))
    }
  }

  @Test(arguments: ["Root=1-5759e988-bd862e3fe1be46a994272793", "garbage"])
  func theEventHasTheTraceOfTheInvocation(sent: String) async throws {
    try await EchoFixture.run(command: ["/nowhere/at/all"], attached: true) { fixture in
      let poll = Task { try await fixture.lambda.send("GET", "/2018-06-01/runtime/invocation/next") }
      while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      let call = Task { try await fixture.gateway.send("GET", "/", headers: [("X-Amzn-Trace-Id", sent)]) }
      let event = try await poll.value
      let trace = try #require(event.header("lambda-runtime-trace-id"))
      #expect(trace.wholeMatch(of: #/Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0/#) != nil)
      #expect(trace.hasPrefix("\(sent);") == (sent != "garbage"))
      #expect(event.json?["headers"]?["x-amzn-trace-id"]?.stringValue == trace)
      let id = try #require(event.header("lambda-runtime-aws-request-id"))
      _ = try await fixture.lambda.send(
        "POST", "/2018-06-01/runtime/invocation/\(id)/response", body: Array("{}".utf8))
      #expect(try await call.value.status == 200)
    }
  }

  @Test func leavesOutWhatARequestHasNot() async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.gateway.send("GET", "/?&")
      let event = try #require(response.json)
      #expect(event["routeKey"] == "$default")
      #expect(event["rawQueryString"] == "&")
      for name in ["cookies", "queryStringParameters", "pathParameters", "body"] { #expect(event[name] == nil) }
    }
  }

  @Test(arguments: [
    ("text/html", false), ("application/json", false), ("application/problem+json", false), ("image/svg+xml", false),
    ("APPLICATION/XML;q=1", false), ("application/javascript", false), ("image/png", true),
    ("application/x-www-form-urlencoded", true), ("multipart/form-data; boundary=x", true),
    ("application/octet-stream", true),
  ])
  func decidesByTypeWhatIsText(type: String, isEncoded: Bool) async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.gateway.send(
        "POST", "/", headers: [("Content-Type", type)], body: Array("a=b".utf8))
      #expect(response.json?["isBase64Encoded"]?.boolValue == isEncoded)
      #expect(response.json?["body"]?.stringValue == (isEncoded ? "YT1i" : "a=b"))
    }
  }

  @Test func bytesThatAreNoTextAreEncoded() async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.gateway.send(
        "POST", "/", headers: [("Content-Type", "text/plain")], body: [0xFF, 0x00, 0xFE])
      #expect(response.json?["isBase64Encoded"] == true)
      #expect(response.json?["body"] == "/wD+")
    }
  }

  @Test(arguments: [
    ("GET", "/users/7", "GET /users/{id}"), ("GET", "/users/me", "GET /users/me"),
    ("PUT", "/users/7", "ANY /users/{id}"),
    ("GET", "/users/7/x/y", "ANY /{proxy+}"), ("GET", "/", "$default"), ("GET", "/users/", "ANY /{proxy+}"),
    ("GET", "/users/%6De", "GET /users/me"), ("GET", "/pets/dog/1", "GET /pets/dog/1"),
    ("GET", "/pets/dog/2", "GET /pets/dog/{id}"), ("GET", "/pets/cat/2", "GET /pets/{proxy+}"),
    ("POST", "/pets/dog/1", "ANY /{proxy+}"),
  ])
  func choosesTheMostExactRoute(method: String, path: String, key: String) async throws {
    let routes = [
      "$default", "ANY /{proxy+}", "ANY /users/{id}", "GET /users/{id}", "GET /users/me", "GET /pets/{proxy+}",
      "GET /pets/dog/{id}", "GET /pets/dog/1",
    ]
    try await EchoFixture.run(routes: routes) { fixture in
      let response = try await fixture.gateway.send(method, path)
      #expect(response.json?["routeKey"]?.stringValue == key)
    }
  }

  @Test func aGreedyParameterTakesAllThatIsLeft() async throws {
    try await EchoFixture.run(routes: ["ANY /files/{kind}/{proxy+}"]) { fixture in
      let response = try await fixture.gateway.send("GET", "/files/a%20b/c/d%2Fe/")
      #expect(response.json?["pathParameters"] == ["kind": "a b", "proxy": "c/d/e/"])
    }
  }

  @Test func whatNoRouteTakesIsNotFound() async throws {
    try await EchoFixture.run(routes: ["GET /a"]) { fixture in
      for (method, path) in [("GET", "/b"), ("POST", "/a"), ("GET", "/a/"), ("GET", "/a/b")] {
        let response = try await fixture.gateway.send(method, path)
        #expect(response.status == 404, "\(method) \(path)")
        #expect(response.text == #"{"message":"Not Found"}"#)
      }
    }
  }

  @Test(arguments: ["users", "FETCH /users", "GET users", "GET /a/{proxy+}/b", "GET /a{b}", ""])
  func unusableRouteKeysAreRefused(key: String) async throws {
    try await EchoFixture.run { fixture in
      #expect(throws: HTTPRouteError.self) { try HTTPRoute(key, to: fixture.host) }
    }
  }

  @Test func functionErrorsAreInternalOnes() async throws {
    try await EchoFixture.run(command: ["/nowhere/at/all"]) { fixture in
      let response = try await fixture.gateway.send("GET", "/")
      #expect(response.status == 500)
      #expect(response.text == #"{"message":"Internal Server Error"}"#)
    }
  }

  @Test func tooLargeBodiesAreRefused() async throws {
    try await EchoFixture.run { fixture in
      let body = [UInt8](repeating: UInt8(ascii: "x"), count: 7 << 20)
      let event = try await fixture.gateway.send("POST", "/", headers: [("Content-Type", "text/plain")], body: body)
      #expect(event.status == 413)
      let request = try await fixture.gateway.send("POST", "/", body: body + body)
      #expect(request.status == 413)
    }
  }

  @Test func headHasNoBody() async throws {
    try await EchoFixture.run { fixture in
      let connection = try await RawConnection.open(port: fixture.gatewayPort)
      try await connection.send("HEAD / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
      let text = try await connection.textUntilClosed()
      #expect(text.hasPrefix("HTTP/1.1 200 "))
      #expect(text.hasSuffix("\r\n\r\n"))
      #expect(!text.contains("content-length: 0"))
    }
  }
}
