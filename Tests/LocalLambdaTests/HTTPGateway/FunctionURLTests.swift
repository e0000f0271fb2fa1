import JSON
import Testing

@testable import LocalLambda

/// Over real HTTP: the echo function answers with the event itself, which is then the body.
@Suite(.timeLimit(.minutes(2))) struct FunctionURLTests {
  @Test func writesTheEventAsDocumented() async throws {
    try await GatewayFixture.run { fixture in
      let response = try await fixture.functionURL.send(
        "POST", "/my%20path/%3F/x?a=1&a=2&b=%20",
        headers: [("Content-Type", "application/json"), ("Cookie", "a=1; b=2"), ("User-Agent", "test/1")],
        body: Array("{}".utf8))
      #expect(response.status == 200)
      #expect(response.header("content-type") == "application/json")
      let event = try #require(response.json)
      #expect(event["version"] == "2.0")
      #expect(event["routeKey"] == "$default")
      #expect(event["rawPath"] == "/my%20path/%3F/x")
      #expect(event["rawQueryString"] == "a=1&a=2&b=%20")
      #expect(event["queryStringParameters"] == ["a": "1,2", "b": " "])
      #expect(event["cookies"] == ["a=1", "b=2"])
      #expect(event["headers"]?["content-length"] == "2")
      #expect(event["pathParameters"] == nil)
      #expect(event["stageVariables"] == nil)
      let context = try #require(event["requestContext"])
      let id = try #require(context["apiId"]?.stringValue)
      #expect(id.count == 32 && id.allSatisfy { $0.isLowercase || $0.isNumber })
      #expect(context["domainPrefix"]?.stringValue == id)
      #expect(context["domainName"]?.stringValue == "\(id).lambda-url.us-east-1.on.aws")
      #expect(context["http"]?["path"] == "/my%20path/%3F/x")
      #expect(context["http"]?["method"] == "POST")
      #expect(context["stage"] == "$default")
      #expect(context["routeKey"] == "$default")
      #expect(context["requestId"]?.stringValue == response.header("x-amzn-requestid"))
    }
  }

  @Test func anEmptyRequestHasNoLength() async throws {
    try await GatewayFixture.run { fixture in
      let response = try await fixture.functionURL.send("GET", "/")
      #expect(response.json?["headers"]?["content-length"] == nil)
      #expect(response.json?["body"] == nil)
    }
  }

  @Test func theIDIsTheFunctionsOwn() {
    let identity = AccountIdentity()
    #expect(FunctionURLResponder.id("a", identity) == FunctionURLResponder.id("a", identity))
    #expect(FunctionURLResponder.id("a", identity) != FunctionURLResponder.id("b", identity))
  }

  @Test func aFunctionThatFailsIsABadGateway() async throws {
    try await GatewayFixture.run(command: ["/nowhere/at/all"]) { fixture in
      let response = try await fixture.functionURL.send("GET", "/")
      #expect(response.status == 502)
      #expect(response.text == "Internal Server Error")
    }
  }

  @Test func tooLargeBodiesAreRefused() async throws {
    try await GatewayFixture.run { fixture in
      let body = [UInt8](repeating: UInt8(ascii: "x"), count: 7 << 20)
      let response = try await fixture.functionURL.send(
        "POST", "/", headers: [("Content-Type", "text/plain")], body: body)
      #expect(response.status == 413)
      // In base64 it is longer than its limit.
      let encoded = try await fixture.functionURL.send("POST", "/", body: Array(body.prefix(5 << 20)))
      #expect(encoded.status == 413)
    }
  }
}
