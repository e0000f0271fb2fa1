import JSON
import LocalLambda
import Subprocess
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct RunTests {
  /// The address behind `served at`.
  private func url(in said: String, after words: String) throws -> String {
    let line = try #require(said.split(separator: "\n").first { $0.contains(words) })
    return String(try #require(line.firstMatch(of: #/http://[0-9.:]+[0-9]/#)).output)
  }

  @Test func hostsAProgramUntilItIsStopped() async throws {
    let ending = try await CommandProcess.run(
      [
        "run", "--port", "0", "--http-port", "0", "--function-url-port", "0", "--name", "parrot", "--env",
        "GREETING=a=b", "--",
        BuiltProducts.program("echo-function"),
      ], until: "The function URL is"
    ) { said in
      let lambda = try url(in: said, after: "Invoke API")
      let echoed = try await CommandProcess.run(
        ["invoke", "parrot", "--event", "-", "--endpoint", lambda], input: #"{"a":[1]}"#)
      #expect(echoed.code == 0)
      #expect(echoed.output == "{\"a\":[1]}\n")
      #expect(echoed.error.isEmpty)

      let logged = try await CommandProcess.run(
        ["invoke", "parrot", "--event", "-", "--endpoint", lambda, "--log", "tail"], input: #"{"mode":"log","lines":1}"#
      )
      #expect(logged.error.contains("REPORT RequestId"))

      let failed = try await CommandProcess.run(
        ["invoke", "parrot", "--event", "-", "--endpoint", lambda], input: #"{"mode":"throw","message":"no"}"#)
      #expect(failed.code == 1)
      #expect(failed.output.contains("EchoError"))

      let environment = try await CommandProcess.run(
        ["invoke", "parrot", "--event", "-", "--endpoint", lambda], input: #"{"mode":"environment"}"#)
      let variables = try JSONValue(parsing: environment.output)
      #expect(variables["GREETING"] == "a=b")
      #expect(variables["PATH"] != nil, "the caller's environment is inherited")

      let unknown = try await CommandProcess.run(["invoke", "nobody", "--endpoint", lambda])
      #expect(unknown.code == 1)
      #expect(unknown.error.contains("Function not found"))

      let http = try OneShotClient(url: try url(in: said, after: "HTTP is served"))
      let event = try JSONValue(parsing: try await http.send("POST", "/x", body: Array("hi".utf8)).body)
      #expect(event["version"] == "2.0")

      let address = try OneShotClient(url: try url(in: said, after: "The function URL is"))
      let direct = try JSONValue(parsing: try await address.send("GET", "/a%20b").body)
      #expect(direct["rawPath"] == "/a%20b")
    }
    #expect(ending.code == 0, "\(ending.error)")
  }

  @Test func eventsCanHaveTheOlderFormat() async throws {
    let ending = try await CommandProcess.run(
      [
        "run", "--port", "0", "--http-port", "0", "--payload-format", "1.0", "--",
        BuiltProducts.program("echo-function"),
      ], until: "HTTP is served"
    ) { said in
      let http = try OneShotClient(url: try url(in: said, after: "HTTP is served"))
      // The event is no answer in this format.
      #expect(try await http.send("GET", "/").status == 500)
    }
    #expect(ending.code == 0, "\(ending.error)")
  }

  @Test func ctrlCStopsIt() async throws {
    let ending = try await CommandProcess.run(
      ["run", "--port", "0", "--", BuiltProducts.program("echo-function")], until: "Ctrl-C stops it", signal: .interrupt
    ) { _ in }
    #expect(ending.code == 0)
  }

  @Test func whoWaitsForAnAnswerWhenItStopsGetsOne() async throws {
    let waiting = Mutex<Task<OneShotClient.Response, any Error>?>(nil)
    let command = ["run", "--port", "0", "--concurrency", "1", "--", BuiltProducts.program("echo-function")]
    let ending = try await CommandProcess.run(command, until: "Ctrl-C stops it") { said in
      let lambda = try OneShotClient(url: try url(in: said, after: "Invoke API"))
      @Sendable func invoke(_ event: String) async throws -> OneShotClient.Response {
        try await lambda.send("POST", "/2015-03-31/functions/function/invocations", body: Array(event.utf8))
      }
      let task = Task {
        while true {
          let response = try await invoke(#"{"mode":"hang"}"#)
          if response.status != 429 { return response }
        }
      }
      // When nobody else is served, the function has it.
      while try await invoke("1").status != 429 { try await Task.sleep(for: .milliseconds(10)) }
      waiting.withLock { $0 = task }
    }
    #expect(ending.code == 0)
    let response = try await #require(waiting.withLock(\.self)).value
    #expect(response.status == 200)
    #expect(try JSONValue(parsing: response.body)["errorType"] == "Sandbox.Stopped")
  }

  @Test func aTakenPortIsToldWithWhatToDo() async throws {
    let ending = try await CommandProcess.run(
      ["run", "--port", "0", "--", BuiltProducts.program("echo-function")], until: "Ctrl-C stops it"
    ) { said in
      let port = try #require(try url(in: said, after: "Invoke API").split(separator: ":").last)
      let second = try await CommandProcess.run(["run", "--port", String(port), "--", "true"])
      #expect(second.code == 69)
      #expect(second.error.contains("port \(port)") && second.error.contains("--port"))
    }
    #expect(ending.code == 0)
  }
}
