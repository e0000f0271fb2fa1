import JSON
import NIOCore
import Testing

@testable import LocalLambda

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How an environment's processes end: at once, or in the time that its extensions give them.
@Suite(.enabled(if: Python.has("http.server")), .timeLimit(.minutes(3))) struct ShutdownTests {
  /// Notes SIGTERM, and with `IGNORES` goes on as if nothing had happened; with `INTERNAL` it has an extension inside.
  /// The event `"hold"` it answers after SIGTERM.
  private static let runtime = """
    import http.client, json, os, signal, threading, time
    def call(method, path, body=None, **headers):
        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    was_told = False
    def told(*_):
        global was_told
        was_told = True
        with open("/tmp/" + os.environ["NOTES"] + "/runtime", "a") as file: file.write("SIGTERM\\n")
        if not os.environ.get("IGNORES"): os._exit(0)
    signal.signal(signal.SIGTERM, told)
    if os.environ.get("INTERNAL"):
        response, _ = call("POST", "/2020-01-01/extension/register", b'{"events":[]}', Lambda_Extension_Name="inside")
        me = response.headers["Lambda-Extension-Identifier"]
        poll = lambda: call("GET", "/2020-01-01/extension/event/next", Lambda_Extension_Identifier=me)
        threading.Thread(target=poll, daemon=True).start()
    while True:
        response, event = call("GET", "/2018-06-01/runtime/invocation/next")
        request = response.headers["Lambda-Runtime-Aws-Request-Id"]
        while event == b'"hold"' and not was_told: time.sleep(0.01)
        call("POST", "/2018-06-01/runtime/invocation/" + request + "/response", event)
    """

  /// What runtime and extension noted, and how long the end took.
  private struct End {
    var runtime = ""
    var events: [String] = []
    var told = ""
    var time = Duration.zero
  }

  /// Calls the function once and shuts it down, with budgets several times as long as Lambda's: a machine under load may
  /// not let anybody note anything in half a second.
  private func shutDown(_ environment: [String: String], isExtended: Bool = false) async throws -> End {
    var end = End()
    try await ExtensionFixture.run(
      command: ["python3", "-c", Self.runtime], environment: environment,
      change: {
        $0.shutdownBudget = ShutdownBudget(external: .seconds(10), internal: .seconds(4))
        if !isExtended { $0.extensionFolder = nil }
      }
    ) { fixture, notes in
      #expect(try await fixture.invoke("1").text == "1")
      while await fixture.host.idleCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      let processes = await fixture.host.allProcessIDs
      #expect(processes.count == (isExtended ? 2 : 1))
      end.time = await ContinuousClock().measure { await fixture.host.shutdown() }
      for process in processes { #expect(kill(process, 0) != 0) }
      end.runtime = notes.read("runtime")
      end.events = notes.read("events").split(separator: "\n").map(String.init)
      end.told = notes.read("told").filter { !$0.isWhitespace }
    }
    return end
  }

  @Test func withoutExtensionsTheEndIsNotTold() async throws {
    #expect(try await shutDown([:]).runtime == "")
  }

  @Test func anInternalExtensionGivesTheProcessTimeToEnd() async throws {
    #expect(try await shutDown(["INTERNAL": "yes"]).runtime == "SIGTERM\n")
  }

  @Test func whoIgnoresSIGTERMIsKilledWhenTheBudgetIsUsed() async throws {
    let end = try await shutDown(["INTERNAL": "yes", "IGNORES": "yes"])
    #expect(end.runtime == "SIGTERM\n")
    #expect(end.time >= .seconds(4))
  }

  /// Its answer gives it no more time: a function may last for 15 minutes.
  @Test func whoAnswersAfterSIGTERMIsKilledWhenTheBudgetIsUsed() async throws {
    try await ExtensionFixture.run(
      command: ["python3", "-c", Self.runtime], timeout: .seconds(900),
      environment: ["INTERNAL": "yes", "IGNORES": "yes"],
      change: {
        $0.shutdownBudget = ShutdownBudget(external: .seconds(10), internal: .seconds(4))
        $0.extensionFolder = nil
      }
    ) { fixture, notes in
      async let answer = fixture.invoke(#""hold""#)
      while await fixture.host.runningCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
      let processes = await fixture.host.allProcessIDs
      await fixture.host.shutdown()
      #expect(notes.read("runtime") == "SIGTERM\n")
      for process in processes { #expect(kill(process, 0) != 0) }
      #expect(try await answer.text == #""hold""#)
    }
  }

  @Test func externalExtensionsHaveWhatTheRuntimeLeaves() async throws {
    let end = try await shutDown(["IGNORES": "yes", "STAYS": "yes"], isExtended: true)
    #expect(end.runtime == "SIGTERM\n")
    #expect(end.time >= .seconds(10))
    let event = try JSONValue(parsing: try #require(end.events.last))
    #expect(event["eventType"] == "SHUTDOWN")
    let told = try #require(Int64(end.told))
    let deadline = try #require(event["deadlineMs"]?.int64Value)
    #expect(deadline - told <= 7_001, "three seconds are the runtime's")
  }

  @Test func whoDidNotAskIsNotTold() async throws {
    let end = try await shutDown(["EVENTS": "INVOKE", "STAYS": "yes"], isExtended: true)
    #expect(end.runtime == "SIGTERM\n")
    #expect(end.events.count == 1 && end.told.isEmpty)
  }

  @Test func theBudgetsAreLambdas() throws {
    let budget = EnvironmentPolicy().shutdownBudget
    #expect(budget.external == .seconds(2))
    var registry = ExtensionRegistry()
    #expect(budget.runtime(registry) == .zero)
    _ = try registry.register("inside", events: [])
    #expect(budget.runtime(registry) == .milliseconds(500))
    #expect(budget.runtime(ExtensionRegistry(external: ["outside"])) == .milliseconds(600))
    #expect(budget.extensions(after: .milliseconds(100)) == .milliseconds(1_900))
    #expect(budget.extensions(after: .milliseconds(600)) == .milliseconds(1_400))
    #expect(budget.extensions(after: .seconds(5)) == .milliseconds(1_400), "the emulator was late, not they")
  }
}
