import JSON
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct QueueVerbTests {
  /// Serves queues while the body runs; it gets what runs a verb of `lambda-local queue` on them.
  private func serving(
    _ queues: [String],
    _ body: @escaping @Sendable (_ verb: Verb) async throws -> Void
  ) async throws -> CommandProcess.Ending {
    let declared = queues.flatMap { ["--queue", $0] }
    return try await CommandProcess.run(
      ["queue", "serve", "--memory", "--port", "0"] + declared, until: "SQS is served"
    ) { said in
      try await body(Verb(endpoint: String(try #require(said.firstMatch(of: #/http://[0-9.:]+[0-9]/#)).output)))
    }
  }

  private struct Verb: Sendable {
    let endpoint: String

    func callAsFunction(_ arguments: String..., input: String? = nil) async throws -> CommandProcess.Ending {
      try await CommandProcess.run(["queue"] + arguments + ["--endpoint", endpoint], input: input)
    }
  }

  @Test func sendsReceivesPeeksAndPurges() async throws {
    let ending = try await serving(["tasks"]) { queue in
      let sent = try await queue("send", "tasks", "one", "--attribute", "k=v")
      #expect(sent.code == 0, "\(sent.error)")
      #expect(sent.output.count == 37, "a message id and a line end: \(sent.output)")
      #expect(try await queue("send", "tasks", "-", input: "two").code == 0)

      let list = try await queue("list")
      #expect(list.output.hasPrefix("tasks\t2\t0\t0\t"), "\(list.output)")
      let json = try JSONValue(parsing: try await queue("list", "--json").output)
      #expect(json["queues"]?.arrayValue?.first?["available"] == 2)

      let peeked = try await queue("peek", "tasks")
      #expect(peeked.output.split(separator: "\n").count == 2)
      #expect(try JSONValue(parsing: String(peeked.output.split(separator: "\n")[0]))["body"] == "one")

      let received = try await queue("receive", "tasks", "--delete")
      let message = try JSONValue(parsing: received.output)
      #expect(message["Body"] == "one")
      #expect(message["MessageAttributes"]?["k"]?["StringValue"] == "v")

      #expect(try await queue("purge", "tasks").code == 0)
      #expect(try await queue("peek", "tasks").output.isEmpty)
    }
    #expect(ending.code == 0, "\(ending.error)")
    #expect(ending.output.hasPrefix("http://127.0.0.1:"))
  }

  @Test func peekSaysWhyEachMessageWaits() async throws {
    let ending = try await serving(["tasks"]) { queue in
      _ = try await queue("send", "tasks", "taken")
      _ = try await queue("receive", "tasks", "--visibility", "600")
      _ = try await queue("send", "tasks", "later", "--delay", "900")
      _ = try await queue("send", "tasks", "now")
      for _ in 1...2 {
        let lines = try await queue("peek", "tasks", "--json").output.split(separator: "\n")
        let messages = try lines.map { try JSONValue(parsing: String($0)) }
        #expect(messages.map { $0["body"] } == ["taken", "later", "now"])
        #expect(messages.map { $0["state"] } == ["in_flight", "delayed", "available"])
        #expect(messages.map { $0["receive_count"] } == [1, 0, 0], "a look is no receive")
        #expect(messages[0]["available_at"]?.int64Value ?? 0 > messages[0]["first_received_at"]?.int64Value ?? 0)
      }
    }
    #expect(ending.code == 0, "\(ending.error)")
  }

  @Test(arguments: [
    ["send", "taks", "x"], ["peek", "taks"], ["receive", "taks"], ["purge", "taks"], ["redrive", "taks"],
  ])
  func anUnknownQueueIsSuggested(arguments: [String]) async throws {
    _ = try await serving(["tasks", "other"]) { queue in
      let ending = try await CommandProcess.run(["queue"] + arguments + ["--endpoint", queue.endpoint])
      #expect(ending.code == 1)
      #expect(ending.error.contains("there is no queue taks. Did you mean tasks?"), "\(ending.error)")
      #expect(ending.output.isEmpty)
    }
  }

  @Test(arguments: [["list"], ["peek", "q"], ["send", "q", "x"], ["watch"]])
  func aServerThatIsNotThereIs69(arguments: [String]) async throws {
    let ending = try await CommandProcess.run(["queue"] + arguments + ["--endpoint", "http://127.0.0.1:1"])
    #expect(ending.code == 69)
    #expect(ending.error.contains("lambda-local up"), "\(ending.error)")
  }

  @Test func watchWritesALineAChangeUntilItIsStopped() async throws {
    let ending = try await serving(["tasks"]) { queue in
      let said = Mutex("")
      let watch = try await CommandProcess.run(
        ["queue", "watch", "--interval", "0.05", "--endpoint", queue.endpoint],
        outputUntil: { line in
          let text = said.withLock { text in
            text += line + "\n"
            return text
          }
          if text == "tasks\tavailable 0\tin flight 0\tdelayed 0\n" { _ = try await queue("send", "tasks", "x") }
          return text.contains("available 1")
        })
      #expect(watch.code == 0, "\(watch.error)")
      #expect(
        said.withLock(\.self)
          == "tasks\tavailable 0\tin flight 0\tdelayed 0\ntasks\tavailable 1\tin flight 0\tdelayed 0\n")
    }
    #expect(ending.code == 0, "\(ending.error)")
  }
}
