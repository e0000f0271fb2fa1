import JSON
import Testing

@testable import LocalLambda

/// The Runtime API, called by hand as a runtime that somebody attached.
@Suite(.timeLimit(.minutes(3))) struct RuntimeAPITests {
  private static let prefix = "/2018-06-01/runtime"

  @Test func servesARuntimeThatIsAttached() async throws {
    try await attached { fixture in
      let poll = Task { try await fixture.lambda.send("GET", Self.prefix + "/invocation/next") }
      try await waitsForWork(fixture)
      let call = Task { try await fixture.invoke(#"{"a":  1}"#) }
      let event = try await poll.value
      #expect(event.status == 200)
      #expect(event.text == #"{"a":  1}"#)
      #expect(event.header("content-type") == "application/json")
      let id = try #require(event.header("lambda-runtime-aws-request-id"))
      let nonce = try #require(event.header("lambda-runtime-invocation-id"))
      let deadline = try #require(event.header("lambda-runtime-deadline-ms").flatMap { Int64($0) })
      #expect((0...20_000).contains(deadline - WallClock.milliseconds()))

      // Asked again before it has answered, it gets the same event.
      let again = try await fixture.lambda.send("GET", Self.prefix + "/invocation/next")
      #expect(again.header("lambda-runtime-aws-request-id") == id)

      try await expect(fixture, "POST", "/invocation/other/response", 400, "InvalidRequestID")
      try await expect(
        fixture, "POST", "/invocation/\(id)/response", 410, "InvokeTimeout",
        headers: [("Lambda-Runtime-Invocation-Id", "stale")])
      try await expect(fixture, "POST", "/init/error", 403, "InvalidStateTransition")
      let accepted = try await fixture.lambda.send(
        "POST", Self.prefix + "/invocation/\(id)/response", headers: [("Lambda-Runtime-Invocation-Id", nonce)],
        body: Array("not even JSON".utf8))
      #expect(accepted.status == 202)
      #expect(accepted.text == "{\"status\":\"OK\"}\n")
      let answer = try await call.value
      #expect(answer.text == "not even JSON")
      #expect(answer.header("x-amzn-requestid") == id)
      let second = try await expect(
        fixture, "POST", "/invocation/\(id)/response", 403, "InvalidStateTransition")
      #expect(
        second["errorMessage"]
          == "State transition from RuntimeResponseSentState to InvocationResponse failed for runtime. Error: State transition is not allowed"
      )
    }
  }

  @Test(arguments: [
    ("GET", "/2018-06-01/runtime/nothing", 404), ("GET", "/2018-06-01/runtime/invocation/1/other", 404),
    ("GET", "/2018-06-01/runtime/restore/next", 404), ("POST", "/2018-06-01/runtime/invocation/next", 405),
    ("GET", "/2018-06-01/runtime/invocation/1/response", 405), ("GET", "/2018-06-01/runtime/init/error", 405),
  ])
  func unknownPathsAndMethods(method: String, path: String, status: Int) async throws {
    try await attached { fixture in
      let poll = try await RawConnection.open(port: fixture.lambdaPort)
      try await poll.send("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: x\r\n\r\n")
      try await waitsForWork(fixture)
      let response = try await fixture.lambda.send(method, path)
      #expect(response.status == status)
      if status == 404 { #expect(response.text == "404 page not found\n") }
      try await poll.close()
    }
  }

  /// It asks nothing of a runtime, so it is the same with one and before there is any.
  @Test func whoPingsIsAnswered() async throws {
    func ping(_ client: OneShotClient) async throws {
      let answer = try await client.send("GET", "/2018-06-01/ping")
      #expect(answer.status == 200)
      #expect(answer.text == "pong")
      let refused = try await client.send("POST", "/2018-06-01/ping")
      #expect(refused.status == 405)
      #expect(refused.body.isEmpty)
    }
    try await attached { try await ping($0.lambda) }
    try await EchoFixture.run { fixture in
      let variables = try #require(try await fixture.invoke(#"{"mode":"environment"}"#).json)
      let address = try #require(variables["AWS_LAMBDA_RUNTIME_API"]?.stringValue)
      try await ping(OneShotClient(url: "http://\(address)"))
    }
  }

  @Test func anAnswerOfAnUnknownModeIsRefused() async throws {
    try await withWork { fixture, id, call in
      let response = try await fixture.lambda.send(
        "POST", Self.prefix + "/invocation/\(id)/response",
        headers: [("Lambda-Runtime-Function-Response-Mode", "sometimes")], body: Array("1".utf8))
      #expect(response.status == 400)
      #expect(response.json?["errorType"] == "InvalidFunctionResponseMode")
      let answer = try await call.value
      #expect(answer.header("x-amz-function-error") == "Unhandled")
      #expect(answer.json?["errorType"] == "Runtime.InvalidResponseModeHeader")
    }
  }

  /// As some clients send it who have nothing to say of the mode, or do not wait for leave to send.
  @Test func emptyHeaderFieldsAreNone() async throws {
    try await withWork { fixture, id, call in
      let connection = try await RawConnection.open(port: fixture.lambdaPort)
      try await connection.send(
        "POST \(Self.prefix)/invocation/\(id)/response HTTP/1.1\r\nhost: x\r\nexpect: \r\n"
          + "Lambda-Runtime-Function-Response-Mode:\r\nconnection: close\r\ncontent-length: 1\r\n\r\n8")
      #expect(try await connection.textUntilClosed().hasPrefix("HTTP/1.1 202 "))
      #expect(try await call.value.text == "8")
    }
  }

  @Test func aReportedErrorHasTheLimitOfAnAnswer() async throws {
    try await withWork { fixture, id, call in
      let response = try await fixture.lambda.send(
        "POST", Self.prefix + "/invocation/\(id)/error",
        body: [UInt8](repeating: 0x20, count: RuntimeAPICall.maximumResponseBytes + 1))
      #expect(response.status == 413)
      #expect(response.json?["errorType"] == "RequestEntityTooLarge")
      #expect(try await call.value.json?["errorType"] == "Function.ResponseSizeTooLarge")
    }
  }

  @Test func anAnswerIsTakenUpToItsLimit() async throws {
    try await withWork { fixture, id, call in
      let response = try await fixture.lambda.send(
        "POST", Self.prefix + "/invocation/\(id)/response", body: Self.bytes(6_291_556))
      #expect(response.status == 202)
      let answer = try await call.value
      #expect(answer.header("x-amz-function-error") == nil)
      #expect(answer.body.count == 6_291_556)
    }
  }

  @Test func anAnswerBeyondItsLimitIsRefused() async throws {
    try await withWork { fixture, id, call in
      let response = try await fixture.lambda.send(
        "POST", Self.prefix + "/invocation/\(id)/response", body: Self.bytes(6_291_557))
      #expect(response.status == 413)
      #expect(response.header("content-type") == "application/json")
      #expect(
        response.text
          == #"{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"}"#
          + "\n")
      let answer = try await call.value
      #expect(answer.header("x-amz-function-error") == "Unhandled")
      #expect(
        answer.text
          == #"{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}"#
      )
    }
  }

  @Test func anAnswerThatBreaksOffIsNoAnswer() async throws {
    try await withWork { fixture, id, call in
      let connection = try await RawConnection.open(port: fixture.lambdaPort)
      try await connection.send(
        "POST \(Self.prefix)/invocation/\(id)/response HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"half\":")
      try await connection.close()
      let answer = try await call.value
      #expect(answer.json?["errorType"] == "Runtime.TruncatedResponse")
    }
  }

  @Test(arguments: ["content-length: 100\r\n\r\n{\"half\":", "transfer-encoding: chunked\r\n\r\n7\r\n{\"half\""])
  func whoStopsInTheMiddleOfAnAnswerIsTold(rest: String) async throws {
    for mode in ["", "Lambda-Runtime-Function-Response-Mode: streaming\r\n"] {
      try await withWork { fixture, id, call in
        let connection = try await RawConnection.open(port: fixture.lambdaPort)
        try await connection.send(
          "POST \(Self.prefix)/invocation/\(id)/response HTTP/1.1\r\nhost: x\r\n\(mode)\(rest)")
        try await connection.finishSending()
        let text = try await connection.textUntilClosed()
        #expect(text.hasPrefix("HTTP/1.1 400 "))
        #expect(text.contains("connection: close\r\n"))
        #expect(
          text.contains(#"{"errorMessage":"HTTP request detected as truncated","errorType":"TruncatedHTTPRequest"}"#))
        #expect(try await call.value.json?["errorType"] == "Runtime.TruncatedResponse")
      }
    }
  }

  /// What bounds a streamed answer is the function's time-out, and nothing that concerns the connection.
  @Test func aStreamThatStallsIsOverWithTheTime() async throws {
    try await attached(timeout: .seconds(2)) { fixture in
      let poll = Task { try await fixture.lambda.send("GET", Self.prefix + "/invocation/next") }
      try await waitsForWork(fixture)
      let call = Task { try await fixture.stream("{}") }
      let id = try #require(try await poll.value.header("lambda-runtime-aws-request-id"))
      let connection = try await RawConnection.open(port: fixture.lambdaPort)
      try await connection.send(
        "POST \(Self.prefix)/invocation/\(id)/response HTTP/1.1\r\nhost: x\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n"
          + "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
      let messages = try EventStreamMessage.all(in: try await call.value.body)
      #expect(messages.dropLast().flatMap(\.payload) == Array("abc".utf8))
      #expect(messages.last?.json?["ErrorDetails"]?.stringValue?.contains("Sandbox.Timedout") == true)
      // The rest comes too late.
      try await connection.send("3\r\ndef\r\n0\r\n\r\n")
      let text = try await connection.text { $0.hasSuffix("}\n") }
      #expect(text.hasPrefix("HTTP/1.1 410 "))
      #expect(text.contains("InvokeTimeout"))
      try await connection.close()
    }
  }

  /// Of an answer that its runtime does not call a stream, and its caller takes as a whole, trailers say nothing.
  @Test(arguments: [("Lambda-Runtime-Function-Response-Mode: streaming\r\n", true), ("", false)])
  func trailersCanTakeAStreamedAnswerBack(mode: String, isTakenBack: Bool) async throws {
    try await withWork { fixture, id, call in
      let error = #"{"errorType":"Late","errorMessage":"midway"}"#
      let connection = try await RawConnection.open(port: fixture.lambdaPort)
      try await connection.send(
        "POST \(Self.prefix)/invocation/\(id)/response HTTP/1.1\r\nhost: x\r\n\(mode)"
          + "transfer-encoding: chunked\r\nconnection: close\r\n\r\n3\r\nabc\r\n0\r\n"
          + "Lambda-Runtime-Function-Error-Type: Late\r\n"
          + "Lambda-Runtime-Function-Error-Body: \(Base64.encode(error.utf8))\r\n\r\n")
      #expect(try await connection.textUntilClosed().hasPrefix("HTTP/1.1 202 "))
      let answer = try await call.value
      #expect(answer.text == (isTakenBack ? error : "abc"))
      #expect(answer.header("x-amz-function-error") == (isTakenBack ? "Unhandled" : nil))
    }
  }

  @Test func aReportWithoutWordsGetsItsType() async throws {
    try await withWork { fixture, id, call in
      let response = try await fixture.lambda.send(
        "POST", Self.prefix + "/invocation/\(id)/error",
        headers: [("Lambda-Runtime-Function-Error-Type", "Function.Broken")])
      #expect(response.status == 202)
      let answer = try await call.value
      #expect(answer.json?["errorType"] == "Function.Broken")
    }
  }

  /// X-Ray's cause of an error is taken, and the caller does not see it.
  @Test func aCauseIsNotTheCallersBusiness() async throws {
    let error = #"{"errorMessage":"no","errorType":"Mine","stackTrace":["a","b"]}"#
    let causes = String(repeating: #"{"message":"no"},"#, count: 3_000) + "{}"
    let cause = #"{"working_directory":"/","paths":[],"exceptions":[\#(causes)]}"#
    func reported(_ body: String, _ headers: [(String, String)]) async throws -> String {
      var text = ""
      try await withWork { fixture, id, call in
        let response = try await fixture.lambda.send(
          "POST", Self.prefix + "/invocation/\(id)/error", headers: headers, body: Array(body.utf8))
        #expect(response.status == 202)
        let answer = try await call.value
        #expect(answer.header("x-amz-function-error") == "Unhandled")
        text = answer.text
      }
      return text
    }
    #expect(try await reported(error, [("Lambda-Runtime-Function-XRay-Error-Cause", cause)]) == error)
    #expect(try await reported(error, [("Lambda-Runtime-Function-XRay-Error-Cause", "no JSON")]) == error)
    let type = [("Content-Type", "application/vnd.aws.lambda.error.cause+json")]
    #expect(try await reported(error.dropLast() + #","errorCause":\#(cause)}"#, type) == error)
    #expect(try await reported(#"{"errorType":"Mine"}"#, type) == #"{"errorMessage":"","errorType":"Mine"}"#)
    for body in ["", "[]", #"{"errorType":1}"#, #"{"stackTrace":"a"}"#] {
      #expect(try await reported(body, type) == #""Invalid error body""#)
    }
  }

  @Test func aLostPollTakesNoEventWithIt() async throws {
    try await attached { fixture in
      let lost = try await RawConnection.open(port: fixture.lambdaPort)
      try await lost.send("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: x\r\n\r\n")
      try await waitsForWork(fixture)
      try await lost.close()
      while await fixture.host.idleCount > 0 { try await Task.sleep(for: .milliseconds(5)) }
      let poll = Task { try await fixture.lambda.send("GET", Self.prefix + "/invocation/next") }
      try await waitsForWork(fixture)
      let call = Task { try await fixture.invoke("7") }
      let event = try await poll.value
      let id = try #require(event.header("lambda-runtime-aws-request-id"))
      _ = try await fixture.lambda.send(
        "POST", Self.prefix + "/invocation/\(id)/response", body: Array("8".utf8))
      let answer = try await call.value
      #expect(answer.text == "8")
    }
  }

  // MARK: -

  /// So many digits.
  private static func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "1"), count: count) }

  /// A function whose own program is never there, so that only an attached runtime can answer.
  private func attached(
    timeout: Duration = .seconds(20), _ body: (EchoFixture) async throws -> Void
  ) async throws {
    try await EchoFixture.run(timeout: timeout, command: ["/nowhere/at/all"], attached: true, body)
  }

  private func waitsForWork(_ fixture: EchoFixture) async throws {
    while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
  }

  private func withWork(
    _ body: (EchoFixture, String, Task<OneShotClient.Response, any Error>) async throws -> Void
  ) async throws {
    try await attached { fixture in
      let poll = Task { try await fixture.lambda.send("GET", Self.prefix + "/invocation/next") }
      try await waitsForWork(fixture)
      let call = Task { try await fixture.invoke("{}") }
      let event = try await poll.value
      try await body(fixture, try #require(event.header("lambda-runtime-aws-request-id")), call)
    }
  }

  @discardableResult
  private func expect(
    _ fixture: EchoFixture, _ method: String, _ path: String, _ status: Int, _ type: String,
    headers: [(String, String)] = []
  ) async throws -> JSONValue {
    let response = try await fixture.lambda.send(method, Self.prefix + path, headers: headers, body: Array("{}".utf8))
    #expect(response.status == status)
    let json = try #require(response.json)
    #expect(json["errorType"]?.stringValue == type)
    return json
  }
}
