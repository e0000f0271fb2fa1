import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import LocalLambda

/// Stages, time limits and the older format, over real HTTP: the echo function answers with the event itself.
@Suite(.timeLimit(.minutes(2))) struct HTTPAPITests {
  @Test func aStageIsTheFirstPartOfEveryPath() async throws {
    var api = HTTPAPIConfiguration()
    api.stage = "prod"
    api.stageVariables = ["table": "users", "a": "1"]
    try await GatewayFixture.run(api: api, routes: ["GET /users/{id}", "GET /"]) { fixture in
      let response = try await fixture.gateway.send("GET", "/prod/users/7%2F8?x=1")
      let event = try #require(response.json)
      #expect(event["rawPath"] == "/prod/users/7/8")
      #expect(event["requestContext"]?["http"]?["path"] == "/prod/users/7/8")
      #expect(event["routeKey"] == "GET /users/{id}")
      #expect(event["pathParameters"] == ["id": "7/8"])
      #expect(event["requestContext"]?["stage"] == "prod")
      #expect(event["stageVariables"] == ["a": "1", "table": "users"])
      for path in ["/prod", "/prod/"] {
        let root = try await fixture.gateway.send("GET", path)
        #expect(root.json?["routeKey"] == "GET /")
        #expect(root.json?["rawPath"]?.stringValue == path)
      }
      for path in ["/users/7", "/production/users/7", "/"] {
        let other = try await fixture.gateway.send("GET", path)
        #expect(other.status == 404, "\(path)")
      }
    }
  }

  @Test func thePathIsCutAtADecodedQuestionMark() async throws {
    try await GatewayFixture.run { fixture in
      let api = try await fixture.gateway.send("GET", "/a%3Fb%20c/d?x=%3F+y")
      #expect(api.json?["rawPath"] == "/a")
      #expect(api.json?["rawQueryString"] == "x=%3F+y")
      #expect(api.json?["queryStringParameters"] == ["x": "? y"])
    }
  }

  @Test(arguments: [
    ("example.com", "example.com"), ("example.com:8080", "example.com"), ("[::1]:8080", "[::1]"), ("[::1]", "[::1]"),
    ("", ""),
  ])
  func theDomainIsTheHostWithoutItsPort(host: String, domain: String) {
    #expect(GatewayResponder.domainName(host) == domain)
  }

  @Test func whoTakesTooLongIsUnavailable() async throws {
    try await GatewayFixture.run(
      patience: .milliseconds(200), functionTimeout: .seconds(1), command: Answering.never
    ) { fixture in
      let response = try await fixture.gateway.send("GET", "/")
      #expect(response.status == 503)
      #expect(response.text == #"{"message":"Service Unavailable"}"#)
      #expect(response.header("apigw-requestid") != nil)
      // Nothing but the function's own time-out limits its URL.
      let url = try await fixture.functionURL.send("GET", "/")
      #expect(url.status == 502)
      #expect(url.text == "Internal Server Error")
    }
  }

  @Test func aFunctionThatTimesOutIsAnInternalError() async throws {
    try await GatewayFixture.run(functionTimeout: .seconds(1), command: Answering.never) { fixture in
      let response = try await fixture.gateway.send("GET", "/")
      #expect(response.status == 500)
      #expect(response.text == #"{"message":"Internal Server Error"}"#)
    }
  }

  @Test func format1IsAnsweredInItsOwnWay() async throws {
    let answer = #"{"statusCode":201,"multiValueHeaders":{"set-cookie":["a=1","b=2"]},"body":"hi"}"#
    try await GatewayFixture.run(format: .version1, command: Answering.command(answer)) { fixture in
      let response = try await fixture.gateway.send("POST", "/")
      #expect(response.status == 201)
      #expect(response.text == "hi")
      #expect(response.headers.filter { $0.name.lowercased() == "set-cookie" }.map(\.value) == ["a=1", "b=2"])
    }
    // The event itself, which the echo function answers with, has no status.
    try await GatewayFixture.run(format: .version1) { fixture in
      let response = try await fixture.gateway.send("POST", "/")
      #expect(response.status == 500)
      #expect(response.text == #"{"message":"Internal Server Error"}"#)
    }
  }

  @Test func format1IsWrittenAsDocumented() throws {
    let event = try JSONValue(parsing: Array(Self.event.bytes(.version1).readableBytesView))
    #expect(event["version"] == "1.0")
    #expect(event["resource"] == "/users/{id}")
    #expect(event["path"] == "/users/a%20b")
    #expect(event["httpMethod"] == "POST")
    let headers = try #require(event["headers"])
    #expect(headers["X-Twice"] == "two")
    #expect(headers["Cookie"] == "a=1; b=2")
    #expect(headers["x-forwarded-for"] == "10.0.0.1, 127.0.0.1")
    #expect(headers["content-length"] == "2")
    #expect(event["multiValueHeaders"]?["X-Twice"] == ["one", "two"])
    #expect(event["multiValueHeaders"]?["x-forwarded-for"] == ["10.0.0.1, 127.0.0.1"])
    #expect(event["queryStringParameters"] == ["x": "2", "y": "ü"])
    #expect(event["multiValueQueryStringParameters"] == ["x": ["1", "2"], "y": ["ü"]])
    #expect(event["pathParameters"] == ["id": "a b"])
    #expect(event["stageVariables"] == ["v": "1"])
    #expect(event["body"] == "{}")
    #expect(event["isBase64Encoded"] == false)
    #expect(event["cookies"] == nil)
    let context = try #require(event["requestContext"])
    #expect(context["accountId"] == "123456789012")
    #expect(context["apiId"] == "id")
    #expect(context["domainName"] == "id.example.com")
    #expect(context["domainPrefix"] == "id")
    #expect(context["extendedRequestId"] == "request")
    #expect(context["requestId"] == "request")
    #expect(context["httpMethod"] == "POST")
    #expect(context["identity"]?["sourceIp"] == "127.0.0.1")
    #expect(context["identity"]?["userAgent"] == "test/1")
    #expect(context["identity"]?["accessKey"] == .null)
    #expect(context["path"] == "/users/a%20b")
    #expect(context["protocol"] == "HTTP/1.1")
    #expect(context["requestTime"] == "04/Mar/2020:19:15:17 +0000")
    #expect(context["requestTimeEpoch"] == 1_583_349_317_135)
    #expect(context["resourcePath"] == "/users/{id}")
    #expect(context["resourceId"] == .null)
    #expect(context["stage"] == "prod")
  }

  @Test func format1LeavesNothingOut() throws {
    let event = GatewayEvent(
      request: ServerRequest(
        head: .init(version: .http1_1, method: .GET, uri: "/"), body: ByteBuffer(), bodyState: .complete,
        peerAddress: "127.0.0.1"),
      endpoint: .init(accountID: "1", apiID: "id", domainName: "x"), routeKey: "$default", pathParameters: [],
      path: "/",
      port: 80, requestID: "r", milliseconds: 0)
    let json = try JSONValue(parsing: Array(event.bytes(.version1).readableBytesView))
    #expect(json["resource"] == "$default")
    for name in [
      "queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body",
    ] {
      #expect(json[name] == .null, "\(name)")
    }
  }

  static var event: GatewayEvent {
    GatewayEvent(
      request: ServerRequest(
        head: .init(
          version: .http1_1, method: .POST, uri: "/users/a%20b?x=1&x=2&y=%C3%BC",
          headers: [
            "Content-Type": "application/json", "X-Twice": "one", "x-twice": "two", "Cookie": "a=1; b=2",
            "User-Agent": "test/1", "Connection": "close", "X-Forwarded-For": "10.0.0.1",
          ]), body: ByteBuffer(string: "{}"), bodyState: .complete, peerAddress: "127.0.0.1"),
      endpoint: .init(
        accountID: "123456789012", apiID: "id", domainName: "id.example.com", stage: "prod",
        stageVariables: [("v", "1")]),
      routeKey: "POST /users/{id}", pathParameters: [("id", "a b")], path: "/users/a%20b", port: 80,
      requestID: "request", milliseconds: 1_583_349_317_135)
  }
}

@Suite(.timeLimit(.minutes(1))) struct ResponseDeadlinesTests {
  @Test func expireInTheirOrderUnlessTheyAreRemoved() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let deadlines = ResponseDeadlines(eventLoop: loop)
    let expired = AsyncStream.makeStream(of: String.self)
    try await loop.submit {
      _ = deadlines.add(after: .milliseconds(120)) { expired.continuation.yield("last") }
      let removed = deadlines.add(after: .milliseconds(20)) { expired.continuation.yield("removed") }
      _ = deadlines.add(after: .milliseconds(60)) { expired.continuation.yield("first") }
      deadlines.remove(removed)
    }.get()
    var names: [String] = []
    for await name in expired.stream.prefix(2) { names.append(name) }
    #expect(names == ["first", "last"])
  }
}
