import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import LocalLambda

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Answers that are on their way while the function still writes them.
@Suite(.timeLimit(.minutes(3))) struct ResponseStreamTests {
  @Test func theFirstPartComesBeforeTheFunctionEnds() async throws {
    try await EchoFixture.run { fixture in
      let file = "/tmp/stream-\(RandomID.uuid())"
      defer { unlink(file) }
      let connection = try await open(#"{"mode":"stream","chunks":2,"bytes":3,"until":"\#(file)"}"#, fixture)
      let first = try await connection.text { $0.contains("xxx") }
      #expect(first.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(first.contains("PayloadChunk") && !first.contains("InvokeComplete"))
      #expect(await fixture.host.isWorking)
      touch(file)
      let all = try await connection.text { $0.hasSuffix("\r\n0\r\n\r\n") }
      #expect(all.contains("InvokeComplete"))
      try await connection.close()
    }
  }

  @Test func thePartsMakeUpTheAnswer() async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.stream(
        #"{"mode":"stream","chunks":3,"bytes":70000}"#, headers: [("X-Amz-Log-Type", "Tail")])
      #expect(response.status == 200)
      #expect(response.header("content-type") == "application/vnd.amazon.eventstream")
      #expect(response.header("x-amz-executed-version") == "$LATEST")
      let id = try #require(response.header("x-amzn-requestid"))
      let messages = try EventStreamMessage.all(in: response.body)
      let parts = messages.dropLast()
      #expect(parts.allSatisfy { $0.event == "PayloadChunk" && !$0.payload.isEmpty })
      #expect(parts.flatMap(\.payload) == [UInt8](repeating: UInt8(ascii: "x"), count: 210_000))
      let complete = try #require(messages.last)
      #expect(complete.event == "InvokeComplete")
      #expect(complete.json?["ErrorCode"] == nil)
      let log = try #require(complete.json?["LogResult"]?.stringValue.flatMap { Base64.decode($0) })
      #expect(String(decoding: log, as: UTF8.self).contains("REPORT RequestId: \(id)"))
    }
  }

  @Test(arguments: [
    (#"{"mode":"streamError","chunks":2}"#, "EchoError", "failed in the middle of the stream"),
    (#"{"mode":"stream","chunks":2,"then":"exit","code":3}"#, "Runtime.ExitError", "exit status 3"),
    (#"{"mode":"stream","chunks":2,"then":"exit","code":0}"#, "Runtime.ExitError", "without providing a reason"),
    (#"{"mode":"stream","chunks":2,"then":"signal","number":9}"#, "Runtime.ExitError", "signal: killed"),
    (#"{"mode":"stream","chunks":2,"then":"hang"}"#, "Sandbox.Timedout", "Task timed out after 2.00 seconds"),
  ])
  func whatFailsInTheMiddleIsToldAtTheEnd(event: String, type: String, message: String) async throws {
    try await EchoFixture.run(timeout: .seconds(type == "Sandbox.Timedout" ? 2 : 60)) { fixture in
      let response = try await fixture.stream(event)
      #expect(response.status == 200)
      let messages = try EventStreamMessage.all(in: response.body)
      #expect(messages.dropLast().flatMap(\.payload) == Array("xx".utf8))
      let complete = try #require(messages.last?.json)
      #expect(complete["ErrorCode"] == "Unhandled")
      let details = try #require(complete["ErrorDetails"]?.stringValue.flatMap { try? JSONValue(parsing: $0) })
      #expect(details["errorType"]?.stringValue == type)
      #expect(details["errorMessage"]?.stringValue?.hasSuffix(message) == true, "\(details)")
      #expect(try await fixture.invoke("1").text == "1")
    }
  }

  /// What a plain call gets of the same failures.
  @Test(arguments: [
    (#"{"mode":"streamError","chunks":2}"#, "EchoError"),
    (#"{"mode":"stream","chunks":2,"then":"exit","code":3}"#, "Runtime.ExitError"),
    (#"{"mode":"stream","chunks":7,"bytes":1048576}"#, "Function.ResponseSizeTooLarge"),
  ])
  func aPlainCallGetsTheErrorAlone(event: String, type: String) async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.invoke(event)
      #expect(response.status == 200)
      #expect(response.header("x-amz-function-error") == "Unhandled")
      #expect(response.json?["errorType"]?.stringValue == type)
      #expect(try await fixture.invoke("1").text == "1")
    }
  }

  @Test func aPlainCallGetsAStreamInOnePiece() async throws {
    try await EchoFixture.run { fixture in
      let response = try await fixture.invoke(#"{"mode":"stream","chunks":6,"bytes":1048576}"#)
      #expect(response.header("x-amz-function-error") == nil)
      #expect(response.header("content-length") == "6291456")
      #expect(response.body.count == 6_291_456)
    }
  }

  @Test func anAnswerInOnePieceIsAStreamToo() async throws {
    try await EchoFixture.run { fixture in
      // More than an answer may have that is no stream.
      let response = try await fixture.stream(#"{"mode":"big","bytes":7000000}"#)
      let messages = try EventStreamMessage.all(in: response.body)
      #expect(messages.dropLast().reduce(0) { $0 + $1.payload.count } == 7_000_000)
      #expect(messages.last?.event == "InvokeComplete")
      #expect(messages.last?.json?["ErrorCode"] == nil)
      let error = try await fixture.stream(#"{"mode":"throw","errorType":"Mine"}"#)
      let complete = try EventStreamMessage.all(in: error.body)
      #expect(complete.count == 1)
      #expect(complete.first?.json?["ErrorCode"] == "Unhandled")
      #expect(complete.first?.json?["ErrorDetails"]?.stringValue?.contains(#""errorType":"Mine""#) == true)
    }
  }

  /// Amazon's runtime for Go never says that it streams: it sends chunks, and trailers behind them.
  @Test func whoseCallerTakesAStreamStreams() async throws {
    try await withCall { fixture, caller, path in
      let runtime = try await RawConnection.open(port: fixture.lambdaPort)
      try await runtime.send(
        "POST \(path) HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n"
          + "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n3\r\nxxx\r\n")
      // The runtime does not go on before this has come.
      let first = try await caller.text { $0.contains("xxx") }
      #expect(!first.contains("InvokeComplete"))
      let error = Base64.encode(#"{"errorType":"Late","errorMessage":"midway"}"#.utf8)
      try await runtime.send(
        "0\r\nLambda-Runtime-Function-Error-Type: Late\r\nLambda-Runtime-Function-Error-Body: \(error)\r\n\r\n")
      #expect(try await runtime.textUntilClosed().hasPrefix("HTTP/1.1 202 "))
      let all = try await caller.text { $0.hasSuffix("\r\n0\r\n\r\n") }
      #expect(all.contains(#""ErrorCode":"Unhandled""#))
      #expect(all.contains("midway"))
    }
  }

  @Test func aStreamOfAnUnknownModeIsRefused() async throws {
    try await withCall { fixture, caller, path in
      let response = try await fixture.lambda.send(
        "POST", path, headers: [("Lambda-Runtime-Function-Response-Mode", "sometimes")], body: Array("1".utf8))
      #expect(response.status == 400)
      #expect(response.json?["errorType"] == "InvalidFunctionResponseMode")
      let all = try await caller.text { $0.contains("Runtime.InvalidResponseModeHeader") }
      #expect(!all.contains("PayloadChunk"))
    }
  }

  @Test func whatIsRefusedIsNoStream() async throws {
    try await EchoFixture.run(maximumConcurrency: 1) { fixture in
      let file = "/tmp/stream-\(RandomID.uuid())"
      defer { unlink(file) }
      let connection = try await open(#"{"mode":"stream","bytes":3,"until":"\#(file)"}"#, fixture)
      _ = try await connection.text { $0.contains("xxx") }
      let throttled = try await fixture.stream("1")
      #expect(throttled.status == 429)
      #expect(throttled.header("x-amzn-errortype") == "TooManyRequestsException")
      #expect(try await fixture.stream("{").status == 400)
      touch(file)
      try await connection.close()
    }
  }

  @Test func theFunctionGoesOnWhenItsCallerIsGone() async throws {
    try await EchoFixture.run { fixture in
      let file = "/tmp/stream-\(RandomID.uuid())"
      defer { unlink(file) }
      let event = #"{"mode":"stream","chunks":100,"bytes":100000,"until":"\#(file)"}"#
      let connection = try await open(event, fixture)
      _ = try await connection.text { $0.contains("xxx") }
      let process = await fixture.host.processIDs
      try await connection.close()
      touch(file)
      while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(await fixture.host.processIDs == process)
      #expect(try await fixture.invoke("1").text == "1")
    }
  }

  /// The runtime's side by hand: a connection that ends before its body does, of a process that lives.
  @Test func aStreamThatBreaksOffIsToldAtTheEnd() async throws {
    try await EchoFixture.run(command: ["python3", "-c", Self.halfAnswers]) { fixture in
      let response = try await fixture.stream("{}")
      let messages = try EventStreamMessage.all(in: response.body)
      #expect(messages.dropLast().flatMap(\.payload) == Array("half".utf8))
      let details = messages.last?.json?["ErrorDetails"]?.stringValue
      #expect(details?.contains("Runtime.TruncatedResponse") == true)
      let process = await fixture.host.processIDs
      let plain = try await fixture.invoke("{}")
      #expect(plain.json?["errorType"] == "Runtime.TruncatedResponse")
      #expect(await fixture.host.processIDs == process)
    }
  }

  private static let halfAnswers = """
    import os, socket
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    def connect():
        connection = socket.create_connection((host, int(port)))
        return connection, connection.makefile("rb")
    while True:
        connection, lines = connect()
        connection.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
        head = {}
        for line in iter(lines.readline, b"\\r\\n"):
            name, _, value = line.decode().partition(":")
            head[name.lower()] = value.strip()
        connection.close()
        connection, lines = connect()
        connection.sendall(
            b"POST /2018-06-01/runtime/invocation/" + head["lambda-runtime-aws-request-id"].encode()
            + b"/response HTTP/1.1\\r\\nHost: x\\r\\nLambda-Runtime-Function-Response-Mode: streaming\\r\\n"
            b"Transfer-Encoding: chunked\\r\\n\\r\\n4\\r\\nhalf\\r\\n")
        connection.close(), lines.close()
    """

  /// One script is runtime and caller: what the runtime gets rid of while nobody reads is what the emulator holds.
  @Test(.enabled(if: Python.has("botocore")))
  func theRuntimeIsReadAsTheCallerReads() async throws {
    try await EchoFixture.run(
      timeout: .seconds(120), command: ["/nowhere/at/all"], attached: true, policy: Self.unpaced
    ) { fixture in
      let output = try await Python.run(Self.runtimeAndCaller, String(fixture.lambdaPort), "\(64 << 20)")
      #expect(output.hasSuffix("202 67108864 None\n"), "\(output)")
      let held = try #require(output.split(separator: " ").first.flatMap { Int($0) })
      #expect(held < 24 << 20)
    }
  }

  @Test(.enabled(if: Python.has("botocore")))
  func aStreamHasItsLimitToo() async throws {
    try await EchoFixture.run(
      timeout: .seconds(120), command: ["/nowhere/at/all"], attached: true, policy: Self.unpaced
    ) { fixture in
      let output = try await Python.run(Self.runtimeAndCaller, String(fixture.lambdaPort), "\((200 << 20) + 1)")
      let words = output.split(separator: " ", maxSplits: 3)
      #expect(words.dropFirst().first == "413", "\(output)")
      #expect(output.contains("Function.ResponseSizeTooLarge"))
    }
  }

  @Test func whatIsLargerThanSixMegabytesComesAtTwoASecond() async throws {
    try await EchoFixture.run { fixture in
      let time = try await ContinuousClock().measure {
        let response = try await fixture.stream(#"{"mode":"stream","chunks":10,"bytes":1048576}"#)
        let parts = try EventStreamMessage.all(in: response.body).dropLast()
        #expect(parts.reduce(0) { $0 + $1.payload.count } == 10 << 20)
      }
      // Four megabytes take two seconds; what is read last, in one go, is not waited behind.
      #expect(time > .seconds(1))
    }
  }

  private static var unpaced: EnvironmentPolicy {
    var policy = EnvironmentPolicy()
    policy.limitsStreamBandwidth = false
    return policy
  }

  private static let runtimeAndCaller = """
    import select, socket, sys, threading, time
    from botocore.eventstream import EventStreamBuffer
    port, length = int(sys.argv[1]), int(sys.argv[2])
    def head(lines):
        status, fields = lines.readline().split()[1].decode(), {}
        for line in iter(lines.readline, b"\\r\\n"):
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        return status, fields
    runtime = socket.create_connection(("127.0.0.1", port))
    answers = runtime.makefile("rb")
    runtime.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    time.sleep(0.5)  # until the poll waits
    caller = socket.create_connection(("127.0.0.1", port))
    caller.sendall(b"POST /2021-11-15/functions/echo/response-streaming-invocations HTTP/1.1\\r\\nHost: x\\r\\n"
                   b"Connection: close\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
    fields = head(answers)[1]
    answers.read(2)
    runtime.sendall(b"POST /2018-06-01/runtime/invocation/" + fields["lambda-runtime-aws-request-id"].encode()
                    + b"/response HTTP/1.1\\r\\nHost: x\\r\\nLambda-Runtime-Function-Response-Mode: streaming\\r\\n"
                    b"Transfer-Encoding: chunked\\r\\n\\r\\n")
    rest = [b"%x\\r\\n" % length, None, b"\\r\\n0\\r\\n\\r\\n"]
    runtime.sendall(rest[0])
    runtime.setblocking(False)
    sent, part = 0, b"x" * 65536
    while sent < length and select.select([], [runtime], [], 2)[1]:
        sent += runtime.send(part[:length - sent])
    held = sent
    def send():
        global sent
        runtime.setblocking(True)
        while sent < length:
            sent += runtime.send(part[:length - sent])
        runtime.sendall(rest[2])
    sender = threading.Thread(target=send)
    sender.start()
    lines, buffer, total, error = caller.makefile("rb"), EventStreamBuffer(), 0, None
    assert head(lines)[0] == "200"
    while size := int(lines.readline(), 16):
        buffer.add_data(lines.read(size))
        lines.readline()
        for event in buffer:
            if event.headers[":event-type"] == "PayloadChunk":
                total += len(event.payload)
            else:
                error = event.payload.decode() if b"ErrorCode" in event.payload else None
    sender.join()
    print(held, head(answers)[0], total, error)
    """

  /// A call for a stream, and where a runtime that is attached by hand answers it.
  private func withCall(_ body: (EchoFixture, RawConnection, String) async throws -> Void) async throws {
    try await EchoFixture.run(command: ["/nowhere/at/all"], attached: true) { fixture in
      let poll = Task { try await fixture.lambda.send("GET", "/2018-06-01/runtime/invocation/next") }
      while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      let caller = try await open("{}", fixture)
      let id = try #require(try await poll.value.header("lambda-runtime-aws-request-id"))
      try await body(fixture, caller, "/2018-06-01/runtime/invocation/\(id)/response")
      try await caller.close()
    }
  }

  private func open(_ event: String, _ fixture: EchoFixture) async throws -> RawConnection {
    let connection = try await RawConnection.open(port: fixture.lambdaPort)
    try await connection.send(
      "POST /2021-11-15/functions/echo/response-streaming-invocations HTTP/1.1\r\nhost: x\r\ncontent-length: \(event.utf8.count)"
        + "\r\n\r\n\(event)")
    return connection
  }

  private func touch(_ file: String) { close(creat(file, 0o600)) }
}

extension EchoFixture {
  /// Calls with InvokeWithResponseStream.
  func stream(_ payload: String, headers: [(String, String)] = []) async throws -> OneShotClient.Response {
    try await lambda.send(
      "POST", "/2021-11-15/functions/echo/response-streaming-invocations", headers: headers, body: Array(payload.utf8),
      timeout: .seconds(120))
  }
}
