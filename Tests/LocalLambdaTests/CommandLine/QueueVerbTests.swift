import JSON
import LocalLambda
import Subprocess
import SystemPackage
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct QueueVerbTests {
  /// Serves queues while the body runs; it gets what runs a verb of `lambda-local queue` on them.
  private func serving(
    _ queues: [String], _ options: [String] = [],
    _ body: @escaping @Sendable (_ verb: Verb) async throws -> Void
  ) async throws -> CommandProcess.Ending {
    let declared = queues.flatMap { ["--queue", $0] }
    return try await CommandProcess.run(
      ["queue", "serve", "--memory", "--port", "0"] + options + declared, until: "SQS is served"
    ) { said in
      try await body(Verb(endpoint: String(try #require(said.firstMatch(of: #/http://[0-9.:]+[0-9]/#)).output)))
    }
  }

  private struct Verb: Sendable {
    let endpoint: String

    func callAsFunction(_ arguments: String..., input: String? = nil) async throws -> CommandProcess.Ending {
      try await self(arguments, input: input)
    }

    func callAsFunction(_ arguments: [String], input: String? = nil) async throws -> CommandProcess.Ending {
      try await CommandProcess.run(["queue"] + arguments + ["--endpoint", endpoint], input: input)
    }

    /// Makes a queue whose messages are dead letters after one receive, and so many of these.
    func makeDeadLetters(_ count: Int, in dead: String, from queue: String) async throws {
      let policy = #"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:\#(dead)","maxReceiveCount":1}"#
      let made = try await OneShotClient(url: endpoint).send(
        "POST", "/",
        headers: [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.CreateQueue")],
        body: JSONValue.object([
          "QueueName": .string(queue),
          "Attributes": ["VisibilityTimeout": "0", "RedrivePolicy": .string(policy)],
        ]).serializedBytes)
      try #require(made.status == 200)
      for number in 1...count { _ = try await self("send", queue, "\(number)") }
      try await bury(count, of: queue)
    }

    /// Receives messages once, and then once more, when they are dead letters.
    func bury(_ count: Int, of queue: String) async throws {
      let received = try await self("receive", queue, "--max", "10")
      try #require(received.output.split(separator: "\n").count == count)
      try #require(try await self("receive", queue, "--max", "10").output.isEmpty)
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

  #if os(Linux)
    /// What was not shown to anybody is not deleted.
    @Test func receiveDeletesNothingThatItCannotWrite() async throws {
      _ = try await serving(["tasks"]) { queue in
        for body in ["one", "two"] { _ = try await queue("send", "tasks", body) }
        let ended = try await Subprocess.run(
          .path("/bin/sh"),
          arguments: [
            "-c", #""$0" queue receive tasks --max 2 --delete --endpoint "$1" > /dev/full"#,
            BuiltProducts.program("lambda-local"), queue.endpoint,
          ], output: .discarded, error: .string(limit: 1 << 16))
        #expect(ended.terminationStatus == .exited(1))
        #expect(ended.standardError.contains("cannot be written"), "\(ended.standardError)")
        #expect(try await queue("peek", "tasks", "--json").output.split(separator: "\n").count == 2)
      }
    }
  #endif

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

  @Test func redriveMovesDeadLettersBackOrElsewhere() async throws {
    let ending = try await serving(["dead", "other"]) { queue in
      try await queue.makeDeadLetters(3, in: "dead", from: "tasks")
      #expect(try await queue("list").output.contains("dead\t3\t0\t0\t"))
      let back = try await queue("redrive", "dead", "--rate", "500")
      #expect(back.code == 0, "\(back.error)")
      #expect(back.output == "3\n")
      #expect(try await queue("list").output.contains("tasks\t3\t0\t0\tdead"))

      try await queue.bury(3, of: "tasks")
      let elsewhere = try await queue("redrive", "dead", "--to", "other")
      #expect(elsewhere.output == "3\n", "\(elsewhere.error)")
      #expect(try await queue("list").output.contains("other\t3\t0\t0\t"))
      #expect(try await queue("redrive", "dead").output == "0\n", "none is left")
    }
    #expect(ending.code == 0, "\(ending.error)")
  }

  @Test func redriveSaysWhatCannotBeMoved() async throws {
    let ending = try await serving(["dead", "other"]) { queue in
      try await queue.makeDeadLetters(1, in: "dead", from: "tasks")
      for (arguments, reason) in [
        (["other"], "Source queue must be configured as a Dead Letter Queue."),
        (["dead", "--to", "dead"], "another queue than the source"),
        (["dead", "--to", "othr"], "there is no queue othr. Did you mean other?"),
        (["dead", "--rate", "501"], "between 1 and 500"),
      ] {
        let refused = try await queue(["redrive"] + arguments)
        #expect(refused.code == 1)
        #expect(refused.error.contains(reason), "\(refused.error)")
        #expect(refused.output.isEmpty)
      }
      _ = try await queue("send", "dead", "was never anywhere else")
      let failed = try await queue("redrive", "dead")
      #expect(failed.code == 1)
      #expect(failed.output == "1\n", "as many as were moved before")
      #expect(failed.error.contains("CouldNotDetermineMessageSource"), "\(failed.error)")
      #expect(try await queue("peek", "dead").output.contains("was never anywhere else"))
    }
    #expect(ending.code == 0, "\(ending.error)")
  }

  @Test func servesTheRegionAndAccountItIsTold() async throws {
    let ending = try await serving(["tasks"], ["--region", "eu-central-1", "--account", "123456789012"]) { queue in
      let list = try JSONValue(parsing: try await queue("list", "--json").output)
      let tasks = try #require(list["queues"]?.arrayValue?.first)
      #expect(tasks["arn"] == "arn:aws:sqs:eu-central-1:123456789012:tasks")
      #expect(tasks["url"] == .string("\(queue.endpoint)/123456789012/tasks"))
      #expect(try await queue("send", "tasks", "x").code == 0, "a caller who says no region and no account")
      #expect(try await queue("list").output.hasPrefix("tasks\t1\t"))
    }
    #expect(ending.code == 0, "\(ending.error)")
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
