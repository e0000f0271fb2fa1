import JSON
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct QueueVerbTests {
  @Test func sendsReceivesPeeksAndPurges() async throws {
    let ending = try await CommandProcess.run(
      ["queue", "serve", "--memory", "--port", "0", "--queue", "tasks"], until: "SQS is served"
    ) { said in
      let endpoint = String(try #require(said.firstMatch(of: #/http://[0-9.:]+[0-9]/#)).output)
      func queue(_ arguments: String..., input: String? = nil) async throws -> CommandProcess.Ending {
        try await CommandProcess.run(["queue"] + arguments + ["--endpoint", endpoint], input: input)
      }
      let sent = try await queue("send", "tasks", "one", "--attribute", "k=v")
      #expect(sent.code == 0, "\(sent.error)")
      #expect(sent.output.count == 37, "a message id and a line end: \(sent.output)")
      #expect(try await queue("send", "tasks", "-", input: "two").code == 0)

      let list = try await queue("list")
      #expect(list.output.hasPrefix("tasks\t2\t0\t0\t"), "\(list.output)")

      let peeked = try await queue("peek", "tasks")
      #expect(peeked.output.split(separator: "\n").count == 2)
      #expect(try JSONValue(parsing: String(peeked.output.split(separator: "\n")[0]))["body"] == "one")

      let received = try await queue("receive", "tasks", "--delete")
      let message = try JSONValue(parsing: received.output)
      #expect(message["Body"] == "one")
      #expect(message["MessageAttributes"]?["k"]?["StringValue"] == "v")

      #expect(try await queue("purge", "tasks").code == 0)
      #expect(try await queue("peek", "tasks").output.isEmpty)

      let missing = try await queue("send", "nowhere", "x")
      #expect(missing.code == 1)
      #expect(missing.error.contains("does not exist"))
    }
    #expect(ending.code == 0, "\(ending.error)")
    #expect(ending.output.hasPrefix("http://127.0.0.1:"))
  }
}
