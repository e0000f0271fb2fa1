import JSON
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import LocalLambda

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What extensions are sent of an environment, with a real one.
@Suite(.enabled(if: Python.has("http.server")), .timeLimit(.minutes(3))) struct TelemetryTests {
  @Test(arguments: [("/2022-07-01/telemetry", "2022-12-13", ""), ("/2020-08-15/logs", "2021-03-18", "/x")])
  func telemetryIsPushed(path: String, schema: String, uriPath: String) async throws {
    let environment = ["TELEMETRY": path, "SCHEMA": schema, "URI_PATH": uriPath]
    try await ExtensionFixture.run(environment: environment) { fixture, notes in
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

  @Test func telemetryIsPushedOverTCP() async throws {
    try await ExtensionFixture.run(environment: Self.subscribed.merging(["PROTOCOL": "TCP"]) { $1 }) { fixture, notes in
      for number in 0..<3 { #expect(try await fixture.invoke("\(number)").text == "\(number)") }
      let events = try await Self.events(of: notes) { events in
        events.count { $0["type"] == "platform.report" } == 3
      }
      #expect(notes.read("subscribed") == "200 \"OK\"\n")
      #expect(events.contains { $0["type"] == "extension" && $0["record"] == "a line of the extension" })
      #expect(notes.read("connections") == "one\n", "it is the same one for all batches")
    }
  }

  @Test func anErrorIsOfTheTypeThatItsRuntimeNamed() async throws {
    try await ExtensionFixture.run(environment: Self.subscribed) { fixture, notes in
      // The header has `Function.` before a type without a dot, and the body has not.
      for type in ["ValueError", "Custom.Error", "Function.custom"] {
        let answer = try await fixture.invoke(#"{"mode":"throw","errorType":"\#(type)"}"#)
        #expect(answer.json?["errorType"]?.stringValue == type)
      }
      let events = try await Self.events(of: notes) { events in
        events.count { $0["type"] == "platform.runtimeDone" } == 3
      }
      let types = events.filter { $0["type"] == "platform.runtimeDone" }.map { $0["record"]?["errorType"] }
      #expect(types == ["Function.ValueError", "Runtime.Unknown", "Function.Unknown"])
    }
  }

  /// Of an init that fails all is told that is told of one that does not, and of the call that fails with it.
  @Test(arguments: [
    ("exit 7", "failure", "Runtime.ExitError"), ("sleep 60", "timeout", nil),
    (BuiltProducts.program("echo-function"), "error", "Function.NotReady"),
  ])
  func whatFailsBeforeItsFirstPollIsTold(end: String, status: String, type: String?) async throws {
    let subscribed = "until [ -s /tmp/$NOTES/subscribed ]; do sleep 0.01; done; "
    try await ExtensionFixture.run(
      command: ["/bin/sh", "-c", subscribed + end], timeout: .seconds(2), initTimeout: .seconds(2),
      // What it is sent last comes while it is being ended: it takes all the time that it has.
      environment: Self.subscribed.merging(["ECHO_INIT": "fail", "STAYS": "1"]) { $1 },
      change: { $0.shutdownBudget = ShutdownBudget(external: .seconds(8), internal: .seconds(5)) }
    ) { fixture, notes in
      let answer = try await fixture.invoke("1")
      let id = try #require(answer.header("x-amzn-requestid"))
      let events = try await Self.events(of: notes) { events in
        events.contains { $0["type"] == "platform.report" }
      }
      func record(_ type: String) -> JSONValue? { events.first { $0["type"]?.stringValue == type }?["record"] }
      for name in ["platform.initRuntimeDone", "platform.initReport"] {
        #expect(record(name)?["status"]?.stringValue == status)
        #expect(record(name)?["errorType"]?.stringValue == type)
        #expect(events.count { $0["type"]?.stringValue == name } == (type == nil ? 2 : 1))
      }
      for name in ["platform.start", "platform.runtimeDone", "platform.report"] {
        #expect(record(name)?["requestId"]?.stringValue == id)
      }
      #expect(record("platform.runtimeDone")?["status"]?.stringValue == status)
    }
  }

  @Test func theReportBillsWhatTheLogDoes() async throws {
    try await ExtensionFixture.run(environment: Self.subscribed) { fixture, notes in
      let answer = try await fixture.invoke("1", headers: [("X-Amz-Log-Type", "Tail")])
      let tail = try #require(answer.header("x-amz-log-result").flatMap { Base64.decode($0) })
      let line = String(decoding: tail, as: UTF8.self)
      let billed = try #require(line.firstMatch(of: #/Billed Duration: (\d+) ms/#))
      let events = try await Self.events(of: notes) { events in
        events.contains { $0["type"] == "platform.report" }
      }
      let report = events.first { $0["type"] == "platform.report" }
      let metrics = try #require(report?["record"]?["metrics"])
      #expect(metrics["initDurationMs"] != nil, "the call waited for the init")
      #expect(metrics["billedDurationMs"]?.int64Value == Int64(billed.1))
    }
  }

  /// One extension may have a subscription of each API: neither is told of the other, and each once of itself.
  @Test func eachSubscriptionIsToldOfItself() async throws {
    let receiver = TelemetryReceiver()
    try await HTTPServerFixture.run(responder: receiver) { port in
      try await EchoFixture.run(command: ["/nowhere/at/all"], attached: true) { fixture in
        let registered = try await fixture.lambda.send(
          "POST", "/2020-01-01/extension/register", headers: [("Lambda-Extension-Name", "both")],
          body: Array(#"{"events":[]}"#.utf8))
        let id = try #require(registered.header("lambda-extension-identifier"))
        let identity = [("Lambda-Extension-Identifier", id)]
        for api in ["/2022-07-01/telemetry", "/2020-08-15/logs"] {
          let destination = #"{"protocol":"HTTP","URI":"http://sandbox:\#(port)\#(api)"}"#
          let body = #"{"types":["platform"],"buffering":{"timeoutMs":25},"destination":\#(destination)}"#
          let answer = try await fixture.lambda.send("PUT", api, headers: identity, body: Array(body.utf8))
          #expect(answer.status == 200)
        }
        // Both are told of what comes next, and that comes last.
        let poll = Task {
          try await fixture.lambda.send("GET", "/2020-01-01/extension/event/next", headers: identity)
        }
        while receiver.types.values.count(where: { $0.contains("platform.extension") }) < 2 {
          try await Task.sleep(for: .milliseconds(5))
        }
        poll.cancel()
        _ = await poll.result
        #expect(
          receiver.types == [
            "/2022-07-01/telemetry": ["platform.initStart", "platform.telemetrySubscription", "platform.extension"],
            "/2020-08-15/logs": ["platform.logsSubscription", "platform.extension"],
          ])
      }
    }
  }

  @Test func whatWasNotTakenIsToldLater() async throws {
    try await ExtensionFixture.run(environment: Self.subscribed) { fixture, notes in
      notes.write("", to: "refuse")
      _ = try await fixture.invoke("1")
      while await fixture.host.telemetryLosses.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      unlink(notes.path + "/refuse")
      var (refused, dropped) = (0, [JSONValue]())
      repeat {
        _ = try await fixture.invoke("2")
        try await Task.sleep(for: .milliseconds(20))
        refused = Self.records(notes, "refused").count { $0["type"] != "platform.logsDropped" }
        dropped = Self.records(notes, "telemetry").filter { $0["type"] == "platform.logsDropped" }
          .compactMap { $0["record"] }
      } while dropped.reduce(0) { $0 + ($1["droppedRecords"]?.int64Value ?? 0) } < refused
      #expect(dropped.reduce(0) { $0 + ($1["droppedRecords"]?.int64Value ?? 0) } == refused)
      #expect(dropped.allSatisfy { $0["droppedBytes"]?.int64Value ?? 0 > 0 })
      #expect(dropped.allSatisfy { $0["reason"]?.stringValue?.contains("503") == true })
    }
  }

  @Test func whoIsTooSlowLosesWhatDoesNotFit() async throws {
    try await ExtensionFixture.run(environment: Self.subscribed) { fixture, notes in
      notes.write("", to: "slow")
      while await fixture.host.telemetryLosses.isEmpty {
        #expect(try await fixture.invoke(#"{"mode":"log","lines":1000}"#).status == 200)
      }
      let loss = await fixture.host.telemetryLosses
      #expect(loss.map(\.reason) == [TelemetryLoss.tooSlow])
      #expect(loss.first?.records ?? 0 >= 1000)
      unlink(notes.path + "/slow")
      // It is told with the events that follow, which may all have been among the lost ones by now.
      var told: JSONValue?
      repeat {
        _ = try await fixture.invoke("2")
        try await Task.sleep(for: .milliseconds(20))
        told = Self.records(notes, "telemetry").first { $0["type"] == "platform.logsDropped" }
      } while told == nil
      #expect(told?["record"]?["reason"] != nil)
    }
  }

  @Test(arguments: [
    (#"{}"#, "types"), (#"{"types":["x"]}"#, "types"),
    (#"{"types":["platform"],"destination":{"protocol":"HTTP","URI":"http://example.com:1"}}"#, "sandbox.localdomain"),
    (#"{"types":["platform"],"destination":{"protocol":"UDP","port":1}}"#, "protocol"),
    (#"{"types":["platform"],"destination":{"protocol":"TCP"}}"#, "port"),
    (#"{"types":["platform"],"destination":{"protocol":"TCP","port":65536}}"#, "port"),
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

  private static let subscribed = ["TELEMETRY": "/2022-07-01/telemetry", "SCHEMA": "2022-12-13"]

  /// What the extension noted; the last line may be half written.
  private static func records(_ notes: TemporaryFolder, _ name: String) -> [JSONValue] {
    notes.read(name).split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
  }

  /// What the extension was sent, once it is enough.
  private static func events(
    of notes: TemporaryFolder, until isEnough: ([JSONValue]) -> Bool
  ) async throws -> [JSONValue] {
    while true {
      let events = records(notes, "telemetry")
      if isEnough(events) { return events }
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}

extension FunctionHost {
  fileprivate var telemetryLosses: [TelemetryLoss] {
    environments.values.flatMap { $0.subscribers.compactMap(\.loss) }
  }
}

/// Takes telemetry, and notes the types of the events by the path that they are sent to.
private final class TelemetryReceiver: HTTPResponder {
  private let received = Mutex<[String: [String]]>([:])

  var types: [String: [String]] { received.withLock(\.self) }

  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling { .collect(upTo: 1 << 20) }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) {
    let events = (try? JSONValue(parsing: request.body.readableBytesView))?.arrayValue ?? []
    received.withLock {
      $0[String(request.path), default: []] += events.compactMap { event in event["type"]?.stringValue }
    }
    exchange.respond(ServerResponse(.ok))
  }
}
