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

  private static let credential = "AKIDEXAMPLE/20261125/us-east-1/lambda/aws4_request"

  private func signed(_ body: (GatewayFixture) async throws -> Void) async throws {
    var url = FunctionURLConfiguration()
    url.authType = .iam
    url.cors = CORSConfiguration(allowOrigins: ["*"])
    try await GatewayFixture.run(url: url, body)
  }

  @Test func whoSignsIsNamed() async throws {
    let signature = "Credential=\(Self.credential), SignedHeaders=host;x-amz-date, Signature=0a1b"
    let query =
      "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=\(Self.credential.replacing("/", with: "%2F"))"
      + "&X-Amz-Date=20261125T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0a1b"
    try await signed { fixture in
      for (path, headers) in [("/a", [("Authorization", "AWS4-HMAC-SHA256 \(signature)")]), ("/a\(query)", [])] {
        let context = try #require(
          try await fixture.functionURL.send("GET", path, headers: headers).json?["requestContext"])
        #expect(context["accountId"] == "000000000000")
        let iam: JSONValue = [
          "accessKey": "AKIDEXAMPLE", "accountId": "000000000000", "callerId": "000000000000",
          "cognitoIdentity": .null, "principalOrgId": .null, "userArn": "arn:aws:iam::000000000000:root",
          "userId": "000000000000",
        ]
        #expect(context["authorizer"] == ["iam": iam])
      }
    }
  }

  @Test(arguments: [
    ("", #"{"Message":"Forbidden"}"#), ("Bearer x", #"{"Message":"Forbidden"}"#),
    ("AWS4-HMAC-SHA256 Credential=\(credential)", #"{"Message":"Forbidden"}"#),
    ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", #"{"Message":"Forbidden"}"#),
    ("AWS4-HMAC-SHA256 Credential=A/\(credential), SignedHeaders=host, Signature=0", #"{"Message":"Forbidden"}"#),
    (
      "AWS4-HMAC-SHA256 Credential=A/20261125/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0",
      #"{"message":"Credential should be scoped to correct service: 'lambda'. "}"#
    ),
    (
      "AWS4-HMAC-SHA256 Credential=A/20261125/mars-1/lambda/aws4_request, SignedHeaders=host, Signature=0",
      #"{"message":"Credential should be scoped to a valid region. "}"#
    ),
  ])
  func whoDoesNotSignIsTurnedAway(authorization: String, body: String) async throws {
    try await signed { fixture in
      let headers = authorization.isEmpty ? [] : [("Authorization", authorization)]
      let response = try await fixture.functionURL.send("GET", "/", headers: headers + [("Origin", "https://a.b")])
      #expect(response.status == 403)
      #expect(response.text == body)
      #expect(response.header("x-amzn-errortype") != nil)
      #expect(response.header("access-control-allow-origin") == "*")
      #expect(await fixture.host.environmentCount == 0)
      let preflight = try await fixture.functionURL.send(
        "OPTIONS", "/", headers: [("Origin", "https://a.b"), ("Access-Control-Request-Method", "GET")])
      #expect(preflight.status == 200, "a browser does not sign the question whether it may")
    }
  }

  @Test func whoNeedNotSignIsAnonymous() async throws {
    try await GatewayFixture.run { fixture in
      let context = try await fixture.functionURL.send("GET", "/").json?["requestContext"]
      #expect(context?["accountId"] == "anonymous")
      #expect(context?["authorizer"] == nil)
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
