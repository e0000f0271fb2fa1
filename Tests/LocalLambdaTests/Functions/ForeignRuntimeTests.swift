import JSON
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import LocalLambda

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A custom runtime in another language, with a new connection for every call.
@Suite(.enabled(if: Python.has("http.client")), .timeLimit(.minutes(3))) struct ForeignRuntimeTests {
  private static let runtime = """
    import http.client, json, os, signal, subprocess, sys, time
    def call(method, path, body=None):
        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        connection.request(method, "/2018-06-01/runtime/" + path, body)
        response = connection.getresponse()
        return response, response.read()
    while True:
        response, event = call("GET", "invocation/next")
        request = response.headers["Lambda-Runtime-Aws-Request-Id"]
        what = json.loads(event)
        mode = what.get("mode") if isinstance(what, dict) else None
        if mode == "exit": os._exit(what["code"])
        if mode == "kill": os.kill(os.getpid(), signal.SIGSEGV)
        if mode == "hang": time.sleep(1000)
        if mode == "error":
            call("POST", "invocation/" + request + "/error", b'{"errorType":"Foreign","errorMessage":"x"}')
            continue
        if mode == "half":
            connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            connection.putrequest("POST", "/2018-06-01/runtime/invocation/" + request + "/response")
            connection.putheader("Content-Length", "1000")
            connection.endheaders(b"half")
            connection.sock.close()
            continue
        if mode == "child":
            child = subprocess.Popen(["sleep", "1000"])
            call("POST", "invocation/" + request + "/response", str(child.pid).encode())
            continue
        if mode == "group":
            answer = json.dumps([os.getpgid(0), os.getpid(), sys.stdin.read(), os.getcwd()])
            call("POST", "invocation/" + request + "/response", answer.encode())
            continue
        call("POST", "invocation/" + request + "/response", event)
    """

  @Test func isHosted() async throws {
    try await foreign { fixture in
      let response = try await fixture.invoke(#"{"a":  [1e21]}"#)
      #expect(response.text == #"{"a":  [1e21]}"#)
    }
  }

  @Test func leadsAGroupOfItsOwnWithNothingToRead() async throws {
    try await foreign { fixture in
      let values = try #require(try await fixture.invoke(#"{"mode":"group"}"#).json?.arrayValue)
      #expect(values[0] == values[1])
      #expect(values[2] == "")
      #expect(values[3] == "/")
    }
  }

  @Test func whatItStartedEndsWithIt() async throws {
    let child = Mutex<Int32>(0)
    try await foreign { fixture in
      let response = try await fixture.invoke(#"{"mode":"child"}"#)
      let id = try #require(Int32(response.text))
      #expect(kill(id, 0) == 0)
      child.withLock { $0 = id }
    }
    let id = child.withLock { $0 }
    // Whoever adopts orphans here may take a moment to bury it; what counts is that it does not run any more.
    while RunningProcess.isThere(id) { try await Task.sleep(for: .milliseconds(5)) }
  }

  /// Whatever functions and callers do, everybody is answered and nothing is left behind.
  @Test func survivesWhateverHappens() async throws {
    let events = [
      "1", #"{"mode":"exit","code":0}"#, #"{"mode":"exit","code":7}"#, #"{"mode":"kill"}"#, #"{"mode":"error"}"#,
      #"{"mode":"half"}"#, "2", "3", #"{"mode":"hang"}"#, "[]", "{}", #"{"b":1}"#,
    ]
    let processes = SeenProcesses()
    try await foreign(timeout: .milliseconds(1500), concurrency: 6) { fixture in
      var generator = SystemRandomNumberGenerator()
      let plan = (0..<200).map { _ in
        (event: events.randomElement(using: &generator) ?? "1", drops: Int.random(in: 0..<10, using: &generator) == 0)
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for start in 0..<6 {
          group.addTask {
            for index in stride(from: start, to: plan.count, by: 6) {
              if plan[index].drops {
                // Gone before the answer comes; the invocation runs to its end all the same.
                let connection = try await RawConnection.open(port: fixture.lambdaPort)
                let event = plan[index].event
                try await connection.send(
                  "POST /2015-03-31/functions/echo/invocations HTTP/1.1\r\nhost: x\r\ncontent-length: \(event.utf8.count)\r\n\r\n"
                    + event)
                try await connection.close()
              } else {
                let response = try await fixture.invoke(plan[index].event)
                #expect([200, 429].contains(response.status))
              }
              let alive = await fixture.host.processIDs
              processes.ids.withLock { $0.formUnion(alive) }
            }
          }
        }
        try await group.waitForAll()
      }
      // Once the dropped ones have run out, it serves as on the first day.
      while await fixture.host.callsInFlight > 0 { try await Task.sleep(for: .milliseconds(10)) }
      let last = try await fixture.invoke(#""still here""#)
      #expect(last.text == #""still here""#)
      #expect(await fixture.host.environmentCount <= 6 * 2)
    }
    let all = processes.ids.withLock { $0 }
    #expect(!all.isEmpty)
    for id in all { #expect(kill(id, 0) != 0, "process \(id) is left") }
  }

  @Test func aStoppedHostAnswersWhoeverWaits() async throws {
    let result = Mutex<InvocationResult?>(nil)
    try await foreign { fixture in
      let call = Task { await fixture.host.invoke(.echo(#"{"mode":"hang"}"#)) }
      while await !fixture.host.isWorking {
        try await Task.sleep(for: .milliseconds(5))
      }
      await fixture.host.shutdown()
      let value = await call.value
      result.withLock { $0 = value }
      #expect(await fixture.host.environmentCount == 0)
      let late = await fixture.host.invoke(.echo("1"))
      #expect(late.failure?["errorType"] == "Sandbox.Stopped")
    }
    #expect(result.withLock { $0?.failure?["errorType"] } == "Sandbox.Stopped")
  }

  @Test func oneThatFailsToStartGivesWayToTheNext() async throws {
    try await EchoFixture.run(maximumConcurrency: 1, environment: ["ECHO_INIT": "fail"]) { fixture in
      for _ in 0..<3 {
        let response = try await fixture.invoke("1")
        #expect(response.status == 200)
        #expect(response.json?["errorType"] == "Function.NotReady")
      }
    }
  }

  @Test func anInitErrorReachesTheCallerByteForByteWhateverItsCause() async throws {
    let error = #"{"errorType": "Mine", "errorMessage":"no", "errorCause":{"message":"x"}}"#
    let runtime = """
      import http.client, os, sys
      connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
      connection.request("POST", "/2018-06-01/runtime/init/error", sys.argv[1], {
          "Content-Type": "application/vnd.aws.lambda.error.cause+json",
          "Lambda-Runtime-Function-XRay-Error-Cause": '{"working_directory":"/","exceptions":[],"paths":[]}'})
      assert connection.getresponse().status == 202
      """
    try await EchoFixture.run(command: ["python3", "-c", runtime, error]) { fixture in
      let response = try await fixture.invoke("1")
      #expect(response.header("x-amz-function-error") == "Unhandled")
      #expect(response.text == error)
    }
  }

  @Test func theLogNamesTheInvocation() async throws {
    let lines = Mutex<[FunctionLogLine]>([])
    try await EchoFixture.run(timeout: .seconds(1), log: { line in lines.withLock { $0.append(line) } }) { fixture in
      let log = try await fixture.invoke(#"{"mode":"log","lines":1}"#)
      let id = try #require(log.header("x-amzn-requestid"))
      let timeout = try await fixture.invoke(#"{"mode":"hang"}"#)
      let hung = try #require(timeout.header("x-amzn-requestid"))
      let seen = lines.withLock { $0 }
      #expect(seen.contains { $0.text == "stderr line 0" && $0.requestID == id && $0.source == .function })
      #expect(
        seen.contains {
          $0.text == "Task timed out after 1.00 seconds" && $0.requestID == hung && $0.source == .emulator
        })
    }
  }

  private func foreign(
    timeout: Duration = .seconds(20), concurrency: Int = 10, _ body: (EchoFixture) async throws -> Void
  ) async throws {
    try await EchoFixture.run(
      timeout: timeout, maximumConcurrency: concurrency, command: ["python3", "-c", Self.runtime], body)
  }
}

private final class SeenProcesses: Sendable {
  let ids = Mutex(Set<Int32>())
}
