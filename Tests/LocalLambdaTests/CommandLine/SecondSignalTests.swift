import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Who does not want to wait for the end of what has been told to end.
@Suite(.enabled(if: Python.has("http.client")), .timeLimit(.minutes(2))) struct SecondSignalTests {
  /// Told of the end, it stays.
  private static let stubborn = """
    #!/usr/bin/env python3
    import http.client, os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    def call(method, path, body=None, headers={}):
        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        connection.request(method, "/2020-01-01/extension/" + path, body, headers)
        response = connection.getresponse()
        response.read()
        return response.headers
    me = call("POST", "register", '{"events":["SHUTDOWN"]}', {"Lambda-Extension-Name": os.path.basename(sys.argv[0])})
    call("GET", "event/next", None, {"Lambda-Extension-Identifier": me["Lambda-Extension-Identifier"]})
    with open(os.path.dirname(sys.argv[0]) + "/pid", "w") as file: file.write("%d\\n" % os.getpid())
    time.sleep(1000)
    """

  @Test(arguments: [Signal.interrupt, .terminate])
  func leavesNothingBehind(signal: Signal) async throws {
    try await TemporaryFolder.with { folder in
      folder.write(Self.stubborn, to: "stubborn", mode: 0o755)
      let result = try await Subprocess.run(
        .path(.init(BuiltProducts.program("lambda-local"))),
        arguments: [
          "run", "--port", "0", "--name", "echo", "--extensions", folder.path, "--",
          BuiltProducts.program("echo-function"),
        ], input: .none, output: .discarded, error: .sequence
      ) { execution in
        for try await line in execution.standardError.strings() {
          if let url = line.firstMatch(of: #/served at (http:\/\/[0-9.:]+[0-9])/#)?.output.1 {
            _ = try await CommandProcess.run(["invoke", "echo", "--event", "-", "--endpoint", String(url)], input: "1")
            try execution.send(signal: signal)
          } else if line.contains("once more stops at once") {
            _ = try await folder.lines("pid", atLeast: 1)
            try execution.send(signal: signal)
          }
        }
      }
      #expect(result.terminationStatus == .exited(128 + (signal == .interrupt ? 2 : 15)))
      let pid = try #require(try await folder.lines("pid", atLeast: 1).first.flatMap { Int32($0) })
      while RunningProcess.isThere(pid) { try await Task.sleep(for: .milliseconds(5)) }
    }
  }
}
