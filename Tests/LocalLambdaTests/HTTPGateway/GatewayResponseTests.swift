import NIOCore
import NIOHTTP1
import Testing

@testable import LocalLambda

/// What becomes of a function's answer, with no sockets.
@Suite struct GatewayResponseTests {
  @Test(arguments: [
    (
      #"{"statusCode":201,"headers":{"X-A":"b","x-n":7,"x-t":true},"body":"hi"}"#, 201, "hi",
      "text/plain; charset=utf-8"
    ),
    (#"{"statusCode":"404"}"#, 404, "", "text/plain; charset=utf-8"),
    (#"{"statusCode":200,"headers":{"Content-Type":"text/html"},"body":"<p>"}"#, 200, "<p>", "text/html"),
    (#"{"statusCode":200,"body":"aGk=","isBase64Encoded":true}"#, 200, "hi", "text/plain; charset=utf-8"),
    (#"{"statusCode":200,"headers":null,"cookies":null,"body":null}"#, 200, "", "text/plain; charset=utf-8"),
    (#"{"hello":"world"}"#, 200, #"{"hello":"world"}"#, "application/json"),
    (#""just text""#, 200, "just text", "application/json"), ("42", 200, "42", "application/json"),
    ("[1, 2]", 200, "[1, 2]", "application/json"), ("not JSON", 200, "not JSON", "application/json"),
    ("", 200, "", "application/json"),
    (#"{"statusCode":"abc"}"#, 500, #"{"message":"Internal Server Error"}"#, "application/json"),
    (#"{"statusCode":99}"#, 500, #"{"message":"Internal Server Error"}"#, "application/json"),
    (#"{"statusCode":200,"body":{"a":1}}"#, 500, #"{"message":"Internal Server Error"}"#, "application/json"),
    (
      #"{"statusCode":200,"body":"%","isBase64Encoded":true}"#, 500, #"{"message":"Internal Server Error"}"#,
      "application/json"
    ),
    (#"{"statusCode":200,"headers":["a"]}"#, 500, #"{"message":"Internal Server Error"}"#, "application/json"),
    (#"{"statusCode":200,"headers":{"a b":"c"}}"#, 500, #"{"message":"Internal Server Error"}"#, "application/json"),
    (#"{"statusCode":200,"cookies":"a=1"}"#, 500, #"{"message":"Internal Server Error"}"#, "application/json"),
  ])
  func followsTheRulesOfFormat2(answer: String, status: Int, body: String, type: String) {
    let response = respond(answer)
    #expect(Int(response.status.code) == status)
    #expect(String(buffer: response.body) == body)
    #expect(response.headers["content-type"] == [type])
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
    let response = respond(payload, type: "application/vnd.awslambda.http-integration-response")
    #expect(response.status == .created)
    #expect(String(buffer: response.body) == "streamed")
    #expect(response.headers["set-cookie"] == ["a=1"])
  }

  @Test func throttledIsUnavailable() {
    let response = GatewayResponse.response(to: InvocationResult(requestID: "x", outcome: .throttled))
    #expect(response.status == .serviceUnavailable)
  }

  private func respond(_ answer: String, type: String = "application/json") -> ServerResponse {
    GatewayResponse.response(
      to: InvocationResult(requestID: "x", outcome: .success(ByteBuffer(string: answer), contentType: type)))
  }
}
