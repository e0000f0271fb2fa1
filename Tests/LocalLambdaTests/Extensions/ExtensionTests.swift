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
  @Test func anExternalOneIsToldOfInvocationsAndOfTheEnd() async throws {
    try await ExtensionFixture.run { fixture, notes in
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
    try await ExtensionFixture.run { fixture, notes in
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
    try await ExtensionFixture.run(timeout: .seconds(2)) { fixture, notes in
      let answer = try await fixture.invoke(#"{"mode":"hang"}"#)
      #expect(answer.json?["errorType"] == "Sandbox.Timedout")
      let last = try JSONValue(parsing: try await notes.lines("events", atLeast: 2)[1])
      #expect(last["shutdownReason"] == "timeout")
    }
  }

  /// It asks for the next event when its environment has begun to end, and the runtime's process is still there.
  @Test func whoIsStillAtWorkAtATimeoutIsToldToo() async throws {
    try await ExtensionFixture.run(timeout: .seconds(1)) { fixture, notes in
      notes.write("", to: "hold")
      #expect(try await fixture.invoke(#"{"mode":"hang"}"#).json?["errorType"] == "Sandbox.Timedout")
      unlink(notes.path + "/hold")
      let last = try JSONValue(parsing: try await notes.lines("events", atLeast: 2)[1])
      #expect(last["eventType"] == "SHUTDOWN")
      #expect(last["shutdownReason"] == "timeout")
    }
  }

  @Test func aCrashOfTheRuntimeIsToldAsFailure() async throws {
    try await ExtensionFixture.run { fixture, notes in
      _ = try await fixture.invoke(#"{"mode":"exit"}"#)
      let last = try JSONValue(parsing: try await notes.lines("events", atLeast: 2)[1])
      #expect(last["shutdownReason"] == "failure")
      #expect(try await fixture.invoke("1").text == "1")
    }
  }

  @Test func aCrashOfTheExtensionEndsTheInvocation() async throws {
    try await ExtensionFixture.run { fixture, notes in
      notes.write("", to: "die")
      let answer = try await fixture.invoke(#"{"mode":"hang"}"#)
      #expect(answer.json?["errorType"] == "Extension.Crash")
      #expect(answer.json?["errorMessage"]?.stringValue?.hasSuffix("exit status 3") == true)
      unlink(notes.path + "/die")
      #expect(try await fixture.invoke("1").text == "1")
    }
  }

  @Test func theFrozenAreToldOfTheEndToo() async throws {
    try await ExtensionFixture.run(change: { $0.freezes = true }) { fixture, notes in
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

  /// The usual loop asks again, whatever it was told; it is ended with the time that it has.
  @Test func whoWasToldOfTheEndIsToldOnce() async throws {
    let loop = """
      #!/usr/bin/env python3
      import http.client, json, os
      folder = os.path.dirname(os.path.abspath(__file__)) + "/../" + os.environ["NOTES"]
      def call(method, path, body=None, headers={}):
          connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
          connection.request(method, "/2020-01-01/extension/" + path, body, headers)
          response = connection.getresponse()
          return response, response.read()
      response, _ = call("POST", "register", '{"events":["SHUTDOWN"]}', {"Lambda-Extension-Name": "watcher"})
      me = {"Lambda-Extension-Identifier": response.headers["Lambda-Extension-Identifier"]}
      while True:
          _, body = call("GET", "event/next", None, me)
          with open(folder + "/events", "a") as file: file.write(json.loads(body)["eventType"] + "\\n")
      """
    let budget = ShutdownBudget(external: .seconds(1), internal: .milliseconds(200))
    try await ExtensionFixture.run(loop, change: { $0.shutdownBudget = budget }) { fixture, notes in
      let answer = try await fixture.invoke("1")
      #expect(answer.text == "1")
      await fixture.host.shutdown()
      #expect(notes.read("events") == "SHUTDOWN\n")
    }
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
