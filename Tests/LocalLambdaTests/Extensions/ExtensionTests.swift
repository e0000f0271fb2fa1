import JSON
import TestSupport
import Testing

@testable import LocalLambda

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Real extensions: programs of another language in processes of their own.
@Suite(.enabled(if: Python.has("http.server")), .timeLimit(.minutes(3))) struct ExtensionTests {
  /// Notes every event in `events`; a file `hold` keeps it from asking for the next one, `die` makes it exit.
  private static let program = """
    #!/usr/bin/env python3
    import http.client, http.server, json, os, sys, threading, time
    folder = os.path.dirname(os.path.abspath(__file__)) + "/../" + os.environ["NOTES"]
    api = os.environ["AWS_LAMBDA_RUNTIME_API"]
    def call(method, path, body=None, **headers):
        connection = http.client.HTTPConnection(api)
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    def note(name, text):
        with open(folder + "/" + name, "a") as file: file.write(text + "\\n")
    response, body = call("POST", "/2020-01-01/extension/register", json.dumps({"events": ["INVOKE", "SHUTDOWN"]}),
        Lambda_Extension_Name=os.path.basename(__file__), Lambda_Extension_Accept_Feature="accountId")
    note("registered", body.decode())
    me = {"Lambda_Extension_Identifier": response.headers["Lambda-Extension-Identifier"]}
    if os.environ.get("TELEMETRY"):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                for event in json.loads(self.rfile.read(int(self.headers["content-length"]))):
                    note("telemetry", json.dumps(event))
                self.send_response(200)
                self.end_headers()
            def log_message(self, *_): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        response, body = call("PUT", os.environ["TELEMETRY"], json.dumps({
            "schemaVersion": os.environ["SCHEMA"], "types": ["platform", "function", "extension"],
            "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
            "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:%d/x" % server.server_port}}), **me)
        note("subscribed", "%d %s" % (response.status, body.decode().strip()))
        print("a line of the extension", flush=True)
    while True:
        response, body = call("GET", "/2020-01-01/extension/event/next", **me)
        note("events", body.decode())
        if json.loads(body)["eventType"] == "SHUTDOWN":
            if os.environ.get("TELEMETRY"): time.sleep(0.2)
            sys.exit(0)
        if os.path.exists(folder + "/die"): sys.exit(3)
        while os.path.exists(folder + "/hold"): time.sleep(0.005)
    """

  private func extended(
    timeout: Duration = .seconds(20), environment: [String: String] = [:], concurrency: Int = 1,
    change: (inout EnvironmentPolicy) -> Void = { _ in },
    _ body: (EchoFixture, TemporaryFolder) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { notes in
      try await TemporaryFolder.with { programs in
        programs.write(Self.program, to: "watcher", mode: 0o755)
        programs.write("not a program", to: "README")
        var policy = EnvironmentPolicy()
        policy.extensionFolder = programs.path
        change(&policy)
        let name = String(notes.path.split(separator: "/").last ?? "")
        try await EchoFixture.run(
          timeout: timeout, maximumConcurrency: concurrency, environment: environment.merging(["NOTES": name]) { $1 },
          policy: policy
        ) { try await body($0, notes) }
      }
    }
  }

  @Test func anExternalOneIsToldOfInvocationsAndOfTheEnd() async throws {
    try await extended { fixture, notes in
      let answer = try await fixture.invoke(#"{"mode":"context"}"#, headers: [("X-Amzn-Trace-Id", "Root=1-2-3")])
      let registered = try JSONValue(parsing: try await notes.lines("registered", atLeast: 1)[0])
      #expect(registered["functionName"] == "echo")
      #expect(registered["functionVersion"] == "$LATEST")
      #expect(registered["handler"] == "bootstrap")
      #expect(registered["accountId"]?.stringValue?.count == 12)
      let event = try JSONValue(parsing: try await notes.lines("events", atLeast: 1)[0])
      #expect(event["eventType"] == "INVOKE")
      #expect(event["requestId"] == answer.json?["requestID"])
      #expect(event["deadlineMs"] == answer.json?["deadline"])
      #expect(event["invokedFunctionArn"] == answer.json?["invokedFunctionARN"])
      #expect(event["tracing"]?["type"] == "X-Amzn-Trace-Id")
      #expect(event["tracing"]?["value"] == answer.json?["traceID"])
      while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      await fixture.host.shutdown()
      let last = try JSONValue(parsing: try await notes.lines("events", atLeast: 2)[1])
      #expect(last["eventType"] == "SHUTDOWN")
      #expect(last["shutdownReason"] == "spindown")
      #expect(last["deadlineMs"]?.int64Value ?? 0 > WallClock.milliseconds() - 60_000)
    }
  }

  @Test func anInvocationEndsWhenTheExtensionHasDoneToo() async throws {
    try await extended { fixture, notes in
      notes.write("", to: "hold")
      let answer = try await fixture.invoke("1")
      #expect(answer.text == "1", "the caller does not wait for the extension")
      _ = try await notes.lines("events", atLeast: 1)
      while await fixture.host.pollCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(await fixture.host.idleCount == 0)
      let next = Task { try await fixture.invoke("2") }
      while await fixture.host.waiting.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      unlink(notes.path + "/hold")
      #expect(try await next.value.text == "2")
      #expect(await fixture.host.lastEnvironment == 1)
    }
  }

  @Test func aTimeoutIsToldAsSuch() async throws {
    try await extended(timeout: .seconds(2)) { fixture, notes in
      let answer = try await fixture.invoke(#"{"mode":"hang"}"#)
      #expect(answer.json?["errorType"] == "Sandbox.Timedout")
      let last = try JSONValue(parsing: try await notes.lines("events", atLeast: 2)[1])
      #expect(last["shutdownReason"] == "timeout")
    }
  }

  @Test func aCrashOfTheRuntimeIsToldAsFailure() async throws {
    try await extended { fixture, notes in
      _ = try await fixture.invoke(#"{"mode":"exit"}"#)
      let last = try JSONValue(parsing: try await notes.lines("events", atLeast: 2)[1])
      #expect(last["shutdownReason"] == "failure")
      #expect(try await fixture.invoke("1").text == "1")
    }
  }

  @Test func aCrashOfTheExtensionEndsTheInvocation() async throws {
    try await extended { fixture, notes in
      notes.write("", to: "die")
      let answer = try await fixture.invoke(#"{"mode":"hang"}"#)
      #expect(answer.json?["errorType"] == "Extension.Crash")
      #expect(answer.json?["errorMessage"]?.stringValue?.hasSuffix("exit status 3") == true)
      unlink(notes.path + "/die")
      #expect(try await fixture.invoke("1").text == "1")
    }
  }

  @Test func theFrozenAreToldOfTheEndToo() async throws {
    try await extended(change: { $0.freezes = true }) { fixture, notes in
      for number in 0..<3 {
        #expect(try await fixture.invoke("\(number)").text == "\(number)")
        while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      }
      let processes = await fixture.host.allProcessIDs
      #expect(processes.count == 2)
      await fixture.host.shutdown()
      #expect(notes.read("events").contains("SHUTDOWN"))
      for process in processes { #expect(kill(process, 0) != 0) }
    }
  }

  @Test(arguments: [("/2022-07-01/telemetry", "2022-12-13"), ("/2020-08-15/logs", "2021-03-18")])
  func telemetryIsPushed(path: String, schema: String) async throws {
    try await extended(environment: ["TELEMETRY": path, "SCHEMA": schema]) { fixture, notes in
      let answer = try await fixture.invoke(#"{"mode":"log","lines":1}"#)
      let id = try #require(answer.header("x-amzn-requestid"))
      _ = try await fixture.invoke(#"{"mode":"throw"}"#)
      #expect(notes.read("subscribed") == "200 \"OK\"\n")
      var events: [JSONValue] = []
      repeat {
        try await Task.sleep(for: .milliseconds(10))
        events = try notes.read("telemetry").split(separator: "\n").map { try JSONValue(parsing: String($0)) }
      } while events.count { $0["type"] == "platform.report" } < 2
      let types = Set(events.compactMap { $0["type"]?.stringValue })
      let isTelemetry = path.contains("telemetry")
      #expect(
        types.isSuperset(of: ["platform.start", "platform.runtimeDone", "platform.report", "platform.extension"]))
      #expect(types.isSuperset(of: ["function", "extension"]))
      #expect(
        types.isSuperset(
          of: isTelemetry
            ? [
              "platform.initStart", "platform.initRuntimeDone", "platform.initReport", "platform.telemetrySubscription",
            ] : ["platform.end", "platform.logsSubscription"]))
      #expect(types.contains("platform.end") != isTelemetry)
      #expect(events.contains { $0["type"] == "function" && $0["record"] == "stderr line 0" })
      #expect(events.contains { $0["type"] == "extension" && $0["record"] == "a line of the extension" })
      let done = events.filter { $0["type"] == "platform.runtimeDone" }.map { $0["record"] }
      #expect(done.map { $0?["status"] } == ["success", "error"])
      #expect(done.first??["requestId"]?.stringValue == id)
      let report = try #require(events.first { $0["type"] == "platform.report" }?["record"])
      #expect(report["metrics"]?["memorySizeMB"] == 128)
      #expect(report["metrics"]?["initDurationMs"] != nil)
      let time = try #require(events[0]["time"]?.stringValue)
      #expect(time.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/#) != nil)
    }
  }

  @Test(arguments: [
    (#"{}"#, "types"), (#"{"types":["x"]}"#, "types"),
    (#"{"types":["platform"],"destination":{"protocol":"HTTP","URI":"http://example.com:1"}}"#, "sandbox.localdomain"),
    (#"{"types":["platform"],"destination":{"protocol":"UDP","port":1}}"#, "protocol"),
    (
      #"{"types":["platform"],"destination":{"protocol":"HTTP","URI":"http://sandbox:1"},"buffering":{"maxItems":5}}"#,
      "maxItems"
    ),
  ])
  func aSubscriptionThatMakesNoSenseIsRefused(body: String, about: String) throws {
    let json = try JSONValue(parsing: body)
    let error = #expect(throws: TelemetrySubscription.Invalid.self) { try TelemetrySubscription(json, .telemetry) }
    #expect(error?.description.contains(about) == true)
  }

  /// By hand, as an extension in the process of a runtime that somebody attached.
  @Test func anInternalOneTakesPart() async throws {
    try await EchoFixture.run(command: ["/nowhere"], attached: true) { fixture in
      let api = "/2020-01-01/extension"
      func expect(_ type: String, _ method: String, _ path: String, _ headers: [(String, String)] = []) async throws {
        let response = try await fixture.lambda.send(method, api + path, headers: headers, body: Array("{}".utf8))
        #expect(response.status == 403)
        #expect(response.json?["errorType"]?.stringValue == type)
      }
      let registration = try await fixture.lambda.send(
        "POST", api + "/register", headers: [("Lambda-Extension-Name", "inside")],
        body: Array(#"{"events":["INVOKE"]}"#.utf8))
      #expect(registration.status == 200)
      #expect(registration.json?["accountId"] == nil)
      let id = try #require(registration.header("lambda-extension-identifier"))
      try await expect("Extension.InvalidExtensionName", "POST", "/register")
      try await expect("Extension.MissingExtensionIdentifier", "GET", "/event/next")
      try await expect(
        "Extension.InvalidExtensionIdentifier", "GET", "/event/next", [("Lambda-Extension-Identifier", "me")])
      try await expect(
        "Extension.UnknownExtensionIdentifier", "GET", "/event/next",
        [("Lambda-Extension-Identifier", RandomID.uuid())])
      try await expect("Extension.MissingHeader", "POST", "/exit/error", [("Lambda-Extension-Identifier", id)])
      #expect(try await fixture.lambda.send("GET", api + "/register").status == 405)

      let next = Task {
        try await fixture.lambda.send("GET", api + "/event/next", headers: [("Lambda-Extension-Identifier", id)])
      }
      let poll = Task { try await fixture.lambda.send("GET", "/2018-06-01/runtime/invocation/next") }
      while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      try await expect("Extension.RegistrationClosed", "POST", "/register", [("Lambda-Extension-Name", "late")])
      let call = Task { try await fixture.invoke("5") }
      let (event, work) = (try await next.value, try await poll.value)
      let request = try #require(work.header("lambda-runtime-aws-request-id"))
      #expect(event.json?["requestId"]?.stringValue == request)
      let late = try await fixture.lambda.send(
        "PUT", "/2022-07-01/telemetry", headers: [("Lambda-Extension-Identifier", id)], body: Array("{}".utf8))
      #expect(late.json?["errorType"] == "Telemetry.SubscriptionClosed")
      _ = try await fixture.lambda.send(
        "POST", "/2018-06-01/runtime/invocation/\(request)/response", body: Array("6".utf8))
      #expect(try await call.value.text == "6")
      let failed = try await fixture.lambda.send(
        "POST", api + "/exit/error",
        headers: [("Lambda-Extension-Identifier", id), ("Lambda-Extension-Function-Error-Type", "Extension.Mine")])
      #expect(failed.status == 202)
    }
  }
}
