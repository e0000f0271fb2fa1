import JSON
import NIOHTTP1
import Testing

@testable import LocalLambda

@Suite(.timeLimit(.minutes(2))) struct CORSTests {
  static let configuration = CORSConfiguration(
    allowOrigins: ["https://app.example.com", "http://localhost:3000"], allowMethods: ["GET", "POST"],
    allowHeaders: ["authorization", "x-a"], exposeHeaders: ["x-b", "date"], maxAge: 300, allowCredentials: true)

  private func api(_ cors: CORSConfiguration) -> HTTPAPIConfiguration {
    var api = HTTPAPIConfiguration()
    api.cors = cors
    return api
  }

  private func preflight(_ origin: String) -> [(String, String)] {
    [("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "x-a")]
  }

  @Test func anAPIAnswersPreflightsItself() async throws {
    try await GatewayFixture.run(
      api: api(Self.configuration), routes: ["POST /only"], command: ["/nowhere/at/all"]
    ) { fixture in
      let response = try await fixture.gateway.send("OPTIONS", "/x", headers: preflight("http://localhost:3000"))
      #expect(response.status == 204)
      #expect(response.body.isEmpty)
      #expect(response.header("access-control-allow-origin") == "http://localhost:3000")
      #expect(response.header("access-control-allow-methods") == "GET,POST")
      #expect(response.header("access-control-allow-headers") == "authorization,x-a")
      #expect(response.header("access-control-expose-headers") == "x-b,date")
      #expect(response.header("access-control-max-age") == "300")
      #expect(response.header("access-control-allow-credentials") == "true")

      let foreign = try await fixture.gateway.send("OPTIONS", "/x", headers: preflight("https://evil.example.com"))
      #expect(foreign.status == 204)
      #expect(!foreign.names.contains { $0.hasPrefix("access-control") })
    }
  }

  @Test func optionsThatAreNoPreflightGoToTheFunction() async throws {
    try await GatewayFixture.run(api: api(Self.configuration)) { fixture in
      let response = try await fixture.gateway.send("OPTIONS", "/x", headers: [("Origin", "http://localhost:3000")])
      #expect(response.json?["requestContext"]?["http"]?["method"] == "OPTIONS")
    }
  }

  @Test func anAPIAddsItsFieldsToAnswersAndDropsTheFunctions() async throws {
    let answer =
      #"{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"*","Access-Control-Allow-Methods":"PUT"}}"#
    try await GatewayFixture.run(api: api(Self.configuration), command: Answering.command(answer)) { fixture in
      let response = try await fixture.gateway.send("GET", "/", headers: [("Origin", "https://app.example.com")])
      #expect(response.status == 200)
      #expect(
        response.headers.filter { $0.name.lowercased() == "access-control-allow-origin" }.map(\.value) == [
          "https://app.example.com"
        ])
      #expect(response.header("access-control-allow-credentials") == "true")
      #expect(response.header("access-control-expose-headers") == "x-b,date")
      #expect(response.header("access-control-allow-methods") == nil)
      for headers in [[], [("Origin", "https://evil.example.com")]] {
        let other = try await fixture.gateway.send("GET", "/", headers: headers)
        #expect(other.status == 200)
        #expect(!other.names.contains { $0.hasPrefix("access-control") })
      }
    }
  }

  @Test func withoutCORSTheFunctionsFieldsStay() async throws {
    let answer = #"{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"*"}}"#
    try await GatewayFixture.run(command: Answering.command(answer)) { fixture in
      let response = try await fixture.gateway.send("GET", "/", headers: [("Origin", "https://app.example.com")])
      #expect(response.header("access-control-allow-origin") == "*")
      let preflight = try await fixture.gateway.send("OPTIONS", "/", headers: preflight("https://app.example.com"))
      #expect(preflight.status == 200)
    }
  }

  @Test func aFunctionURLAnswersPreflightsAndAddsItsFieldsBesideTheFunctions() async throws {
    var url = FunctionURLConfiguration()
    url.cors = Self.configuration
    let answer = #"{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"*"}}"#
    try await GatewayFixture.run(url: url, command: Answering.command(answer)) { fixture in
      let asked = try await fixture.functionURL.send("OPTIONS", "/", headers: preflight("https://app.example.com"))
      #expect(asked.status == 200)
      #expect(asked.body.isEmpty)
      #expect(asked.header("access-control-allow-origin") == "https://app.example.com")
      #expect(asked.header("access-control-max-age") == "300")
      #expect(asked.header("vary") == "Origin")
      let response = try await fixture.functionURL.send("GET", "/", headers: [("Origin", "https://app.example.com")])
      let origins = response.headers.filter { $0.name.lowercased() == "access-control-allow-origin" }.map(\.value)
      #expect(origins == ["*", "https://app.example.com"])
    }
  }

  @Test(
    arguments: [
      (["*"], false, "https://a.b", "*"), (["*"], true, "https://a.b", "https://a.b"),
      (["https://*"], false, "https://a.b", "https://a.b"),
      (["https://*"], false, "http://a.b", nil), (["http://*", "https://c.d"], false, "http://a.b", "http://a.b"),
      (["https://a.b"], false, "https://a.b", "https://a.b"), (["https://a.b"], false, "https://a.b:8443", nil),
      (["https://a.b"], false, "https://a.b.evil", nil), ([], false, "https://a.b", nil), (["*"], false, nil, nil),
    ] as [([String], Bool, String?, String?)])
  func letsInWhoMatches(origins: [String], credentials: Bool, origin: String?, allowed: String?) {
    let configuration = CORSConfiguration(allowOrigins: origins, allowCredentials: credentials)
    #expect(configuration.allowedOrigin(origin) == allowed)
  }
}
