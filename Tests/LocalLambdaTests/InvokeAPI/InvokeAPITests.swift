import JSON
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import LocalLambda

@Suite(.timeLimit(.minutes(3))) struct InvokeAPITests {
  @Test(arguments: [
    "echo", "echo:$LATEST", "echo%3A%24LATEST", "000000000000:function:echo", "function:echo",
    "arn:aws:lambda:us-east-1:000000000000:function:echo",
    "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Aecho%3A%24LATEST",
    "echo/invocations?Qualifier=$LATEST#",
  ])
  func findsTheFunctionByAllItsNames(name: String) async throws {
    try await EchoFixture.run { fixture in
      let path = name.split(separator: "#").first.map(String.init) ?? name
      let response =
        name.hasSuffix("#")
        ? try await fixture.lambda.send("POST", "/2015-03-31/functions/\(path)", body: Array("1".utf8))
        : try await fixture.invoke("1", function: name)
      #expect(response.status == 200)
      #expect(response.text == "1")
    }
  }

  @Test func answersWithLambdasFields() async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.invoke(#"{"mode":"context"}"#)
      #expect(response.header("x-amz-executed-version") == "$LATEST")
      #expect(response.header("x-amz-function-error") == nil)
      #expect(response.header("x-amz-log-result") == nil)
      let context = try #require(response.json)
      #expect(context["requestID"]?.stringValue == response.header("x-amzn-requestid"))
      #expect(context["invokedFunctionARN"] == "arn:aws:lambda:us-east-1:000000000000:function:echo")
      let trace = try #require(context["traceID"]?.stringValue)
      #expect(trace.hasPrefix("Root=1-"))
      #expect(context["traceVariable"]?.stringValue == trace)
      // A real deadline: what is left is the function's twenty seconds, less what passed.
      let left = try #require(context["remainingMilliseconds"]?.int64Value)
      #expect((1...20_000).contains(left))
    }
  }

  @Test func carriesWhatTheCallerSendsAlong() async throws {
    try await EchoFixture.run { fixture in
      let context = Base64.encode(Array("{\n\"custom\":{\"a\":\"ü\"}}".utf8))
      let response = try await fixture.invoke(
        #"{"mode":"context"}"#,
        headers: [
          ("X-Amz-Client-Context", context), ("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793"),
          ("X-Amz-Tenant-Id", "tenant-1"),
        ])
      #expect(response.json?["clientContext"]?["custom"]?["a"] == "ü")
      let trace = try #require(response.json?["traceID"]?.stringValue)
      #expect(trace.hasPrefix("Root=1-5759e988-bd862e3fe1be46a994272793;Parent="))
      #expect(trace.hasSuffix(";Sampled=0"))
      #expect(response.json?["tenantID"] == "tenant-1")
    }
  }

  @Test func anEmptyHeaderIsNone() async throws {
    try await EchoFixture.run(command: ["/nowhere/at/all"], attached: true) { fixture in
      let poll = Task { try await fixture.lambda.send("GET", "/2018-06-01/runtime/invocation/next") }
      while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      let call = Task {
        try await fixture.invoke("1", headers: [("X-Amz-Tenant-Id", ""), ("X-Amzn-Trace-Id", "")])
      }
      let event = try await poll.value
      #expect(event.header("lambda-runtime-aws-tenant-id") == nil)
      #expect(event.header("lambda-runtime-trace-id")?.hasPrefix("Root=1-") == true)
      let id = try #require(event.header("lambda-runtime-aws-request-id"))
      _ = try await fixture.lambda.send(
        "POST", "/2018-06-01/runtime/invocation/\(id)/response", body: Array("2".utf8))
      #expect(try await call.value.text == "2")
    }
  }

  @Test func anEmptyPayloadIsAnEmptyObject() async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.invoke("")
      #expect(response.text == "{}")
    }
  }

  @Test func aFunctionErrorIsAnAnswer() async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.invoke(#"{"mode":"throw","errorType":"Mine","message":"no"}"#)
      #expect(response.status == 200)
      #expect(response.header("x-amz-function-error") == "Unhandled")
      #expect(response.json?["errorType"] == "Mine")
    }
  }

  @Test(
    arguments: [
      (
        "nobody", [:], "{}", 404, "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody"
      ),
      (
        "echo:7", [:], "{}", 404, "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:echo:7"
      ),
      ("a:b:c:d", [:], "{}", 400, "ValidationException", "Member must satisfy regular expression pattern"),
      ("echo", [:], "{\"a\":", 400, "InvalidRequestContentException", "Could not parse request body into json: "),
      ("echo", [:], "{} x", 400, "InvalidRequestContentException", "Could not parse request body into json: "),
      ("echo", ["X-Amz-Client-Context": "%%%"], "{}", 400, "InvalidRequestContentException", "Client context"),
      ("echo", ["X-Amz-Client-Context": "WzFd"], "{}", 400, "InvalidRequestContentException", "Client context"),
      ("echo", ["X-Amz-Invocation-Type": "Sometimes"], "{}", 400, "InvalidParameterValueException", "'invocationType'"),
      ("echo", ["X-Amz-Log-Type": "All"], "{}", 400, "InvalidParameterValueException", "Value 'All' at 'logType'"),
      ("echo", ["X-Amz-Log-Type": "tail"], "{}", 400, "InvalidParameterValueException", "[None, Tail]"),
      // A dry run looks at all that a run would look at.
      ("nobody", ["X-Amz-Invocation-Type": "DryRun"], "{}", 404, "ResourceNotFoundException", "function:nobody"),
      ("echo:7", ["X-Amz-Invocation-Type": "DryRun"], "{}", 404, "ResourceNotFoundException", "function:echo:7"),
      (
        "echo", ["X-Amz-Invocation-Type": "DryRun"], "{\"a\":", 400, "InvalidRequestContentException",
        "Could not parse request body into json: "
      ),
    ] as [(String, [String: String], String, Int, String, String)])
  func serviceErrorsAreTyped(
    function: String, headers: [String: String], payload: String, status: Int, type: String, message: String
  ) async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.invoke(payload, function: function, headers: headers.map { ($0, $1) })
      #expect(response.status == status)
      #expect(response.header("x-amzn-errortype") == type)
      #expect(response.header("x-amzn-requestid") != nil)
      #expect(response.json?["Type"] == "User")
      let text = (response.json?["message"] ?? response.json?["Message"])?.stringValue
      #expect(text?.contains(message) == true, "\(response.text)")
    }
  }

  @Test(arguments: [
    ("a%20b", "a b", "Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)"),
    ("%C3%BC", "ü", "Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)"),
    (
      String(repeating: "x", count: 129), String(repeating: "x", count: 129),
      "Member must have length less than or equal to 128"
    ),
  ])
  func aQualifierThatCannotBeIsRefused(sent: String, value: String, constraint: String) async throws {
    try await EchoFixture.run { fixture in
      for (method, what) in [("POST", "invocations"), ("GET", "configuration")] {
        let path = "/2015-03-31/functions/echo/\(what)?Qualifier="
        let response = try await fixture.lambda.send(method, path + sent)
        #expect(response.status == 400)
        #expect(response.header("x-amzn-errortype") == "ValidationException")
        let message = try #require(response.json?["message"]?.stringValue)
        #expect(message.hasSuffix("Value '\(value)' at 'qualifier' failed to satisfy constraint: \(constraint)"))
        let longest = String(repeating: "x", count: 128)
        #expect(try await fixture.lambda.send(method, path + longest).status == 404)
      }
    }
  }

  @Test(arguments: [
    ("GET", "/"), ("POST", "/2015-03-31"), ("POST", "/2015-03-31/layers"), ("GET", "/2015-03-31/functions/echo/other"),
    ("GET", "/2015-03-31/functions/echo/invocations"), ("PUT", "/2015-03-31/functions/echo/invocations"),
    ("POST", "/2015-03-31/functions/echo/invocation"), ("POST", "/2015-03-31/functions/echo/invocations/1"),
    ("POST", "/2015-03-31/functions/echo/response-streaming-invocations"), ("POST", "/2015-03-31/functions/echo"),
    ("POST", "/2021-11-15/functions/echo/invocations"), ("DELETE", "/2015-03-31/functions/echo"),
    // With no runtime attached, its API is not here.
    ("GET", "/2018-06-01/runtime/invocation/next"), ("GET", "/2018-06-01/ping"),
  ])
  func whatIsNoOperationIsUnknown(method: String, path: String) async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.lambda.send(method, path)
      #expect(response.status == 404)
      #expect(response.header("x-amzn-errortype") == "UnknownOperationException")
      #expect(response.json?["message"] == "Unable to determine service/operation name")
      #expect(response.header("x-amzn-requestid") != nil)
    }
  }

  @Test(
    arguments: [("RequestResponse", 200, "$LATEST"), ("Event", 202, nil), ("DryRun", 204, nil)]
      as [(String, Int, String?)])
  func onlyWhatRanHasAVersion(kind: String, status: Int, version: String?) async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.invoke("1", headers: [("X-Amz-Invocation-Type", kind)])
      #expect(response.status == status)
      #expect(response.header("x-amz-executed-version") == version)
      #expect(response.header("x-amzn-requestid") != nil)
    }
  }

  @Test func whoWantsNoLogGetsNone() async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.invoke("1", headers: [("X-Amz-Log-Type", "None")])
      #expect(response.status == 200)
      #expect(response.header("x-amz-log-result") == nil)
    }
  }

  /// What counts is what the header has: of 3583 bytes, which no Base64 can have, its length is not what is wrong.
  @Test func aClientContextHasALimit() async throws {
    try await EchoFixture.run { fixture in
      func send(_ header: String) async throws -> OneShotClient.Response {
        try await fixture.invoke(#"{"mode":"context"}"#, headers: [("X-Amz-Client-Context", header)])
      }
      // {"a":"…"} has 8 bytes besides the value.
      func context(_ count: Int) -> (value: String, header: String) {
        let value = String(repeating: "x", count: count - 8)
        return (value, Base64.encode(#"{"a":"\#(value)"}"#.utf8))
      }
      let longest = context(3580 / 4 * 3)
      #expect(longest.header.utf8.count == 3580)
      let response = try await send(longest.header)
      #expect(response.status == 200)
      #expect(response.json?["clientContext"] == ["a": .string(longest.value)])
      let longer = context(3580 / 4 * 3 + 1).header
      #expect(longer.utf8.count == 3584)
      for (header, message) in [
        (longer, "Client context must be no more than 3583 bytes"),
        (String(longer.dropLast()), "Client context must be a valid Base64-encoded JSON object"),
      ] {
        let refused = try await send(header)
        #expect(refused.status == 400)
        #expect(refused.header("x-amzn-errortype") == "InvalidRequestContentException")
        #expect(refused.json?["message"]?.stringValue == message)
      }
    }
  }

  @Test func theLargestEventIsTakenWhole() async throws {
    try await EchoFixture.run(command: ["/nowhere/at/all"], attached: true) { fixture in
      let poll = Task { try await fixture.lambda.send("GET", "/2018-06-01/runtime/invocation/next") }
      while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      let largest = "\"" + String(repeating: "x", count: 1_048_574) + "\""
      let response = try await fixture.invoke(largest, headers: [("X-Amz-Invocation-Type", "Event")])
      // Without it, nobody would ever answer the poll.
      try #require(response.status == 202)
      #expect(response.body.isEmpty)
      let event = try await poll.value
      #expect(event.body == Array(largest.utf8))
      let id = try #require(event.header("lambda-runtime-aws-request-id"))
      _ = try await fixture.lambda.send(
        "POST", "/2018-06-01/runtime/invocation/\(id)/response", body: Array("2".utf8))
    }
  }

  @Test func largePayloadsGoBothWaysAndTooLargeOnesNot() async throws {
    try await EchoFixture.run { fixture in
      let largest = "\"" + String(repeating: "x", count: 6_291_454) + "\""
      let response = try await fixture.invoke(largest)
      #expect(response.status == 200)
      #expect(response.body.count == 6_291_456)
      #expect(response.body == Array(largest.utf8))
      let tooLarge = try await fixture.invoke(largest + " ")
      #expect(tooLarge.status == 413)
      #expect(tooLarge.header("x-amzn-errortype") == "RequestTooLargeException")
      let event = try await fixture.invoke(
        "\"" + String(repeating: "x", count: 1_048_575) + "\"", headers: [("X-Amz-Invocation-Type", "Event")])
      #expect(event.status == 413)
    }
  }

  @Test func aDryRunRunsNothing() async throws {
    try await EchoFixture.run(command: ["/nowhere/at/all"]) { fixture in
      let response = try await fixture.invoke("{}", headers: [("X-Amz-Invocation-Type", "DryRun")])
      #expect(response.status == 204)
      #expect(response.body.isEmpty)
    }
  }

  @Test func anEventIsTriedThreeTimesUnderOneId() async throws {
    let lines = Mutex<[FunctionLogLine]>([])
    let policy = AsynchronousInvocationPolicy(retryWait: .milliseconds(10))
    try await EchoFixture.run(retries: policy, log: { line in lines.withLock { $0.append(line) } }) { fixture in
      let response = try await fixture.invoke(
        #"{"mode":"exit","code":9}"#, headers: [("X-Amz-Invocation-Type", "Event")])
      #expect(response.status == 202)
      #expect(response.body.isEmpty)
      let id = try #require(response.header("x-amzn-requestid"))
      while !lines.withLock({ $0.contains { $0.text.hasPrefix("Event dropped") } }) {
        try await Task.sleep(for: .milliseconds(10))
      }
      let exits = lines.withLock { $0.filter { $0.text.contains("exit status 9") } }
      #expect(exits.map(\.requestID) == [id, id, id])
    }
  }

  @Test func throttlesBeyondItsConcurrency() async throws {
    try await EchoFixture.run(maximumConcurrency: 1) { fixture in
      let first = Task { try await fixture.invoke(#"{"mode":"hang"}"#) }
      while await !fixture.host.isWorking { try await Task.sleep(for: .milliseconds(5)) }
      let second = try await fixture.invoke("1")
      #expect(second.status == 429)
      #expect(second.header("x-amzn-errortype") == "TooManyRequestsException")
      #expect(second.json?["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded")
      #expect(second.header("retry-after") != nil)
      await fixture.host.shutdown()
      let answered = try await first.value
      #expect(answered.status == 200)
    }
  }

  @Test func whoCallsOneAfterTheOtherIsNeverThrottled() async throws {
    try await EchoFixture.run(maximumConcurrency: 4) { fixture in
      let throttled = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask {
            var throttled = 0
            for number in 0..<100 where try await fixture.invoke("\(number)").status != 200 { throttled += 1 }
            return throttled
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(throttled == 0)
    }
  }

  @Test func listsAndDescribesFunctions() async throws {
    try await EchoFixture.run(environment: ["B": "2", "A": "1"]) { fixture in
      let list = try await fixture.lambda.send("GET", "/2015-03-31/functions/?MaxItems=10")
      #expect(list.json?["Functions"]?.arrayValue?.first?["FunctionName"] == "echo")
      let one = try await fixture.lambda.send("GET", "/2015-03-31/functions/echo")
      #expect(one.json?["Configuration"]?["Timeout"] == 20)
      let configuration = try await fixture.lambda.send("GET", "/2015-03-31/functions/echo/configuration")
      #expect(configuration.json?["Environment"]?["Variables"]?["A"] == "1")
      #expect(try await fixture.lambda.send("GET", "/2015-03-31/functions/x").status == 404)
      #expect(try await fixture.lambda.send("DELETE", "/2015-03-31/functions/echo").status == 404)
    }
  }

  @Test func halfACallIsNoCall() async throws {
    let lines = Mutex(0)
    try await EchoFixture.run(log: { _ in lines.withLock { $0 += 1 } }) { fixture in
      let connection = try await RawConnection.open(port: fixture.lambdaPort)
      try await connection.send(
        "POST /2015-03-31/functions/echo/invocations HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
          + "1f\r\n{\"mode\":\"log\",\"lines\":1}       \r\n")
      try await connection.close()
      #expect(try await fixture.invoke("1").text == "1")
      #expect(lines.withLock { $0 } == 0)
    }
  }

  /// AWS's own client, if this machine has it.
  @Test(.enabled(if: Python.has("boto3")))
  func boto3UnderstandsAllOfIt() async throws {
    try await EchoFixture.run(maximumConcurrency: 2) { fixture in
      let output = try await Python.run(
        """
        import boto3, base64, json, sys
        from botocore.config import Config
        client = boto3.client("lambda", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="x",
                              aws_secret_access_key="y", config=Config(retries={"max_attempts": 1}))
        answer = client.invoke(FunctionName="echo", Payload=b'{"a": 1e21}', LogType="Tail")
        assert answer["StatusCode"] == 200 and answer["ExecutedVersion"] == "$LATEST", answer
        assert answer["Payload"].read() == b'{"a": 1e21}'
        tail = base64.b64decode(answer["LogResult"]).decode()
        assert "START RequestId: " + answer["ResponseMetadata"]["RequestId"] in tail and "REPORT" in tail, tail
        answer = client.invoke(FunctionName="echo", Payload=b'{"mode":"throw"}')
        assert answer["FunctionError"] == "Unhandled", answer
        assert client.invoke(FunctionName="echo", InvocationType="DryRun")["StatusCode"] == 204
        assert client.invoke(FunctionName="echo", InvocationType="Event", Payload=b"1")["StatusCode"] == 202
        try:
            client.invoke(FunctionName="nobody")
            raise SystemExit("no error")
        except client.exceptions.ResourceNotFoundException as error:
            assert "Function not found" in str(error), error
        try:
            client.invoke(FunctionName="echo", Payload=b"{")
            raise SystemExit("no error")
        except client.exceptions.InvalidRequestContentException:
            pass
        stream = client.invoke_with_response_stream(FunctionName="echo", Payload=b'"' + b"x" * 100000 + b'"')
        events = list(stream["EventStream"])
        payload = b"".join(event["PayloadChunk"]["Payload"] for event in events if "PayloadChunk" in event)
        assert len(payload) == 100002, len(payload)
        assert "InvokeComplete" in events[-1], events[-1]
        stream = client.invoke_with_response_stream(FunctionName="echo", Payload=b'{"mode":"throw"}', LogType="Tail")
        complete = list(stream["EventStream"])[-1]["InvokeComplete"]
        assert complete["ErrorCode"] == "Unhandled" and "EchoError" in complete["ErrorDetails"], complete
        assert b"END" in base64.b64decode(complete["LogResult"])
        assert [f["FunctionName"] for f in client.list_functions()["Functions"]] == ["echo"]
        assert client.get_function(FunctionName="echo")["Configuration"]["State"] == "Active"
        assert client.get_function_configuration(FunctionName="echo")["Timeout"] == 20
        print("understood")
        """, "http://127.0.0.1:\(fixture.lambdaPort)")
      #expect(output.hasSuffix("understood\n"), "\(output)")
    }
  }
}
