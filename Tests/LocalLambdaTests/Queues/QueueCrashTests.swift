import FoundationEssentials
import JSON
import Subprocess
import Synchronization
import TestSupport
import Testing

@testable import LocalLambda

/// What clients of a queue were told, so that a queue that comes back can be held to it.
private final class Ledger: Sendable {
  struct Entries {
    var sent: Set<String> = []
    var deleting: Set<String> = []
    var deleted: Set<String> = []
  }

  private let entries = Mutex(Entries())

  func note(_ change: (inout Entries) -> Void) { entries.withLock { change(&$0) } }
  var all: Entries { entries.withLock(\.self) }
}

@Suite struct QueueCrashTests {
  @Test func whatWasAcknowledgedSurvivesKill() async throws {
    try await QueueStorageTests.folder { folder in
      let ledger = Ledger()
      var random = SeededGenerator(7)
      // More rounds: QUEUE_CRASH_ROUNDS=50.
      let rounds = ProcessInfo.processInfo.environment["QUEUE_CRASH_ROUNDS"].flatMap { Int($0) } ?? 4
      for round in 1...rounds {
        let load = Mutex<[Task<Void, Never>]>([])
        let pause = Duration.milliseconds(100 + Int(random.next() % 300))
        try await Self.serve(folder, signal: .kill) { client in
          let tasks =
            (0..<4).map { sender in
              Task { await Self.send("\(round)-\(sender)", client, ledger) }
            } + (0..<2).map { _ in Task { await Self.consume(client, ledger) } }
          load.withLock { $0 = tasks }
          let before = ledger.all.sent.count
          #expect(await eventually { ledger.all.sent.count >= before + 20 })
          try await Task.sleep(for: pause)
        }
        for task in load.withLock(\.self) { await task.value }
      }
      let found = Mutex<[String]>([])
      try await Self.serve(folder, signal: .terminate) { client in
        let path = "/_lambda-local/queues/q/messages?limit=10000"
        let response = try await client.send("GET", path, timeout: .seconds(60))
        let answer = try JSONValue(parsing: response.body)
        #expect(answer["total"]?.int64Value ?? .max <= 10_000)
        found.withLock { $0 = answer["messages"]?.arrayValue?.compactMap { $0["body"]?.stringValue } ?? [] }
      }
      let there = found.withLock(\.self)
      let told = ledger.all
      #expect(told.sent.count >= 100)
      #expect(told.deleted.count >= 1)
      #expect(Set(there).count == there.count, "a message is there twice")
      #expect(told.sent.subtracting(told.deleting).subtracting(there).isEmpty, "messages were lost")
      #expect(told.deleted.intersection(there).isEmpty, "deleted messages came back")
    }
  }

  /// Runs `lambda-local queue serve` on a folder for as long as the body takes.
  private static func serve(
    _ folder: String, signal: Signal, _ body: @escaping @Sendable (OneShotClient) async throws -> Void
  ) async throws {
    _ = try await CommandProcess.run(
      ["queue", "serve", "--port", "0", "--data", folder, "--queue", "q"], until: "SQS is served at ", signal: signal
    ) { said in
      let url = said.split(separator: "SQS is served at ").last?.split(separator: ". ").first ?? ""
      try await body(try OneShotClient(url: String(url)))
    }
  }

  /// Sends until the server is gone.
  private static func send(_ name: String, _ client: OneShotClient, _ ledger: Ledger) async {
    // So long that the log is written anew now and then, in many rounds.
    let filler = String(repeating: "x", count: 5_000)
    for number in 0... {
      let body = "\(name)-\(number) \(filler)"
      guard await call("SendMessage", ["MessageBody": .string(body)], client) != nil else { return }
      ledger.note { $0.sent.insert(body) }
    }
  }

  /// Receives and deletes until the server is gone.
  private static func consume(_ client: OneShotClient, _ ledger: Ledger) async {
    while let answer = await call("ReceiveMessage", ["MaxNumberOfMessages": 3, "WaitTimeSeconds": 1], client) {
      for message in answer["Messages"]?.arrayValue ?? [] {
        let body = message["Body"]?.stringValue ?? ""
        ledger.note { $0.deleting.insert(body) }
        guard
          await call("DeleteMessage", ["ReceiptHandle": message["ReceiptHandle"] ?? .null], client) != nil
        else { return }
        ledger.note { $0.deleted.insert(body) }
      }
    }
  }

  /// A call of the JSON protocol; nil when there is no answer of 200.
  private static func call(_ action: String, _ input: JSONObject, _ client: OneShotClient) async -> JSONValue? {
    var input = input
    input["QueueUrl"] = "q"
    let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.\(action)")]
    guard
      let response = try? await client.send(
        "POST", "/", headers: headers, body: JSONValue.object(input).serializedBytes, timeout: .seconds(30)),
      response.status == 200
    else { return nil }
    return try? JSONValue(parsing: response.body)
  }
}
