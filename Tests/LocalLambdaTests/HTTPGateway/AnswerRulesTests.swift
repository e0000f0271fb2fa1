import NIOCore
import NIOHTTP1
import Testing

@testable import LocalLambda

/// What becomes of a function's answer, with no sockets.
@Suite struct AnswerRulesTests {
  static let internalError = #"{"message":"Internal Server Error"}"#

  @Test(arguments: [
    (
      #"{"statusCode":201,"headers":{"X-A":"b","x-n":7,"x-t":true},"body":"hi"}"#, 201, "hi",
      "text/plain; charset=utf-8"
    ),
    (#"{"statusCode":"404"}"#, 404, "", "text/plain; charset=utf-8"),
    (#"{"statusCode":200,"headers":{"Content-Type":"text/html"},"body":"<p>"}"#, 200, "<p>", "text/html"),
    (#"{"statusCode":200,"body":"aGk=","isBase64Encoded":true}"#, 200, "hi", "text/plain; charset=utf-8"),
    (#"{"statusCode":200,"headers":null,"cookies":null,"body":null}"#, 200, "", "text/plain; charset=utf-8"),
    (#"{"statusCode":200,"multiValueHeaders":{"content-type":["a/b"]}}"#, 200, "", "text/plain; charset=utf-8"),
    (#"{"hello":"world"}"#, 200, #"{"hello":"world"}"#, "application/json"),
    (
      #"{"headers":{"content-type":"a/b"},"body":"x"}"#, 200, #"{"headers":{"content-type":"a/b"},"body":"x"}"#,
      "application/json"
    ),
    (#""just text""#, 200, "just text", "application/json"),
    (#""Special \"quoted\" text""#, 200, #"Special "quoted" text"#, "application/json"),
    ("42", 200, "42", "application/json"), ("3.1", 200, "3.1", "application/json"),
    ("true", 200, "true", "application/json"),
    ("null", 200, "null", "application/json"), ("[1, 2]", 200, "[1, 2]", "application/json"),
    ("not JSON", 200, "not JSON", "application/json"),
    (#"{"name": "John Doe", "age":"#, 200, #"{"name": "John Doe", "age":"#, "application/json"),
    ("", 200, "", "application/json"),
  ])
  func followsTheRulesOfFormat2(answer: String, status: Int, body: String, type: String) {
    let response = respond(answer)
    #expect(Int(response.status.code) == status)
    #expect(String(buffer: response.body) == body)
    #expect(response.headers["content-type"] == [type])
  }

  static let malformed = [
    #"{"statusCode":"abc"}"#, #"{"statusCode":99}"#, #"{"statusCode":600}"#, #"{"statusCode":200.5}"#,
    #"{"statusCode":null}"#,
    #"{"statusCode":[200]}"#, #"{"statusCode":200,"body":{"a":1}}"#, #"{"statusCode":200,"body":7}"#,
    #"{"statusCode":200,"body":"%","isBase64Encoded":true}"#, #"{"statusCode":200,"isBase64Encoded":7}"#,
    #"{"statusCode":200,"headers":["a"]}"#, #"{"statusCode":200,"headers":{"a b":"c"}}"#,
    #"{"statusCode":200,"headers":{"":"c"}}"#,
    #"{"statusCode":200,"headers":{"a":["b"]}}"#, #"{"statusCode":200,"headers":{"a":"b\r\nc: d"}}"#,
    #"{"statusCode":200,"headers":{"a":"b\u0000"}}"#, #"{"statusCode":200,"headers":{"a\r\nb":"c"}}"#,
  ]

  @Test(
    arguments: malformed + [
      #"{"statusCode":200,"cookies":"a=1"}"#, #"{"statusCode":200,"cookies":[1]}"#,
      #"{"statusCode":200,"cookies":["a=1\nb: c"]}"#,
    ])
  func whatMakesNoSenseIsAnInternalError(answer: String) {
    let response = respond(answer)
    #expect(response.status == .internalServerError)
    #expect(String(buffer: response.body) == Self.internalError)
    #expect(response.headers["content-type"] == ["application/json"])
  }

  @Test(arguments: malformed)
  func andABadGatewayOfAFunctionURL(answer: String) {
    let response = respond(answer, rules: FunctionURLResponder.rules)
    #expect(response.status == .badGateway)
    #expect(String(buffer: response.body) == "Internal Server Error")
  }

  @Test(
    arguments: malformed + [
      #"{"hello":"world"}"#, #""text""#, "42", "null", "not JSON", "", #"{"statusCode":0,"body":"x"}"#,
      #"{"statusCode":200,"multiValueHeaders":{"a":"b"}}"#, #"{"statusCode":200,"multiValueHeaders":["a"]}"#,
    ])
  func format1InfersNothing(answer: String) {
    let response = respond(answer, rules: GatewayResponder.rules1)
    #expect(response.status == .internalServerError)
    #expect(String(buffer: response.body) == Self.internalError)
  }

  @Test func format1PutsListsBeforeSingleValues() {
    let response = respond(
      #"{"statusCode":201,"headers":{"one":"a","both":"c","same":"x"},"multiValueHeaders":{"both":["a","b"],"same":["x","y"]},"#
        + #""cookies":["a=1"],"body":"hi"}"#, rules: GatewayResponder.rules1)
    #expect(response.status == .created)
    #expect(response.headers["one"] == ["a"])
    #expect(response.headers["both"] == ["a", "b", "c"])
    #expect(response.headers["same"] == ["x", "y"])
    #expect(response.headers["content-type"] == ["text/plain; charset=utf-8"])
    #expect(response.headers["set-cookie"].isEmpty)
    #expect(String(buffer: response.body) == "hi")
  }

  @Test func withoutATypeAFunctionURLSaysJSON() {
    let response = respond(#"{"statusCode":200,"body":"body123"}"#, rules: FunctionURLResponder.rules)
    #expect(response.headers["content-type"] == ["application/json"])
    #expect(String(buffer: response.body) == "body123")
  }

  @Test func eachCookieIsAFieldOfItsOwn() {
    let response = respond(#"{"statusCode":200,"cookies":["a=1; Path=/","b=2"]}"#)
    #expect(response.headers["set-cookie"] == ["a=1; Path=/", "b=2"])
  }

  @Test func fieldsOfTheConnectionAreTheServers() {
    let response = respond(#"{"statusCode":200,"headers":{"Content-Length":"99","Connection":"close","x":"y"}}"#)
    #expect(response.headers["content-length"].isEmpty)
    #expect(response.headers["connection"].isEmpty)
    #expect(response.headers["x"] == ["y"])
  }

  @Test func aStreamedAnswerBringsItsPrelude() {
    let payload = #"{"statusCode":201,"cookies":["a=1"]}"# + String(repeating: "\0", count: 8) + "streamed"
    let response = respond(payload, type: StreamPrelude.contentType)
    #expect(response.status == .created)
    #expect(String(buffer: response.body) == "streamed")
    #expect(response.headers["set-cookie"] == ["a=1"])
  }

  @Test func throttledIsUnavailableOrTooMany() {
    let result = InvocationResult(requestID: "x", outcome: .throttled)
    #expect(GatewayResponder.rules2.response(to: result).status == .serviceUnavailable)
    #expect(FunctionURLResponder.rules.response(to: result).status == .tooManyRequests)
  }

  private func respond(
    _ answer: String, type: String = "application/json", rules: AnswerRules = GatewayResponder.rules2
  ) -> ServerResponse {
    rules.response(
      to: InvocationResult(requestID: "x", outcome: .success(ByteBuffer(string: answer), contentType: type)))
  }
}
