import Testing

@testable import LocalLambda

/// Runtimes that poll in ways of their own.
@Suite(.enabled(if: Python.has("http.client")), .timeLimit(.minutes(2))) struct PollTests {
  private static let calls = """
    import http.client, os, sys, threading, time
    def call(method, path, body=None):
        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        connection.request(method, "/2018-06-01/runtime/invocation/" + path, body)
        response = connection.getresponse()
        return response.headers["Lambda-Runtime-Aws-Request-Id"], response.read()

    """

  /// It answers once, and lets go of its next poll.
  private static let forgetful =
    calls + """
      request, event = call("GET", "next")
      call("POST", request + "/response", event)
      connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
      connection.request("GET", "/2018-06-01/runtime/invocation/next")
      time.sleep(0.1)
      connection.close()
      open(sys.argv[1] + "/closed", "a").write("yes\\n")
      time.sleep(1000)
      """

  @Test func whoLetsGoOfItsPollIsReplaced() async throws {
    try await TemporaryFolder.with { folder in
      let command = ["python3", "-c", Self.forgetful, folder.path]
      try await EchoFixture.run(timeout: .seconds(2), maximumConcurrency: 1, command: command) { fixture in
        for number in 1...3 {
          #expect(try await fixture.invoke("\(number)").text == "\(number)")
          _ = try await folder.lines("closed", atLeast: number)
          while await fixture.host.pollCount > 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
      }
    }
  }

  /// Two of its threads poll; who polls during an invocation gets that again. It answers with the most invocations that
  /// it ever worked on at once.
  private static let twofold =
    calls + """
      lock, begun, answered, most = threading.Lock(), set(), set(), 0
      def work():
          global most
          while True:
              request, event = call("GET", "next")
              with lock:
                  begun.add(request)
                  most = max(most, len(begun - answered))
              time.sleep(0.05)
              with lock: answered.add(request)
              call("POST", request + "/response", str(most))
      threading.Thread(target=work).start()
      work()
      """

  @Test func whoPollsTwiceGetsOneInvocationAtATime() async throws {
    let command = ["python3", "-c", Self.twofold]
    try await EchoFixture.run(timeout: .seconds(5), maximumConcurrency: 4, command: command) { fixture in
      for _ in 0..<3 {
        #expect(try await fixture.invoke("0").text == "1")
        while await fixture.host.mostPolls < 2 { try await Task.sleep(for: .milliseconds(2)) }
        async let first = fixture.invoke("1")
        async let second = fixture.invoke("2")
        #expect(try await [first.text, second.text] == ["1", "1"])
      }
    }
  }

  /// It writes half a line, and the other half with the next invocation.
  private static let chatty =
    calls + """
      while True:
          request, event = call("GET", "next")
          os.write(1, event)
          call("POST", request + "/response", event)
      """

  @Test func aLineWithoutAnEndIsThatOfItsInvocation() async throws {
    try await EchoFixture.run(command: ["python3", "-c", Self.chatty]) { fixture in
      for number in 10..<13 {
        let response = try await fixture.invoke("\(number)", headers: [("X-Amz-Log-Type", "Tail")])
        let log = Base64.decode(response.header("x-amz-log-result") ?? "").map { String(decoding: $0, as: UTF8.self) }
        let lines = try #require(log).split(separator: "\n")
        #expect(lines.count == 4, "\(lines)")
        #expect(lines.dropFirst().first == "\(number)")
      }
    }
  }
}

extension FunctionHost {
  /// The most polls that one environment has waiting.
  fileprivate var mostPolls: Int { environments.values.map(\.polls.count).max() ?? 0 }
}
