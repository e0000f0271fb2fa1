import JSON
import Postgres
import TestSupport
import Testing

@testable import Backend

@Suite struct TriggerTests {
  private static let trigger = "/tasks/trigger-memory-generation"

  @Test func nothingDueSendsNothing() async throws {
    try await TestBackend.run { backend in
      let resting = try await backend.makeConversation()
      try await backend.rest(resting)
      _ = try await backend.append(to: try await backend.makeConversation())
      let answer = try await backend.post(Self.trigger)
      #expect(answer.status == 200)
      #expect(answer.body == #"{"conversations":0,"messages":0}"#)
      #expect(backend.queue.requests.isEmpty)
    }
  }

  @Test func allThatIsDueGoesInOneMessage() async throws {
    try await TestBackend.run { backend in
      var due: [Int64] = []
      for hours: Int64 in [3, 30, 2, 300] {
        let id = try await backend.makeConversation()
        _ = try await backend.append(to: id)
        try await backend.rest(id, hours: hours)
        due.append(id)
      }
      _ = try await backend.append(to: try await backend.makeConversation())
      let covered = try await backend.makeConversation()
      _ = try await backend.append(to: covered)
      _ = try await backend.save("{}", of: covered)
      try await backend.rest(covered)

      let answer = try await backend.post(Self.trigger)
      #expect(answer.status == 202)
      #expect(answer.body == #"{"conversations":4,"messages":1}"#)
      let sent = try backend.sentMessages
      #expect(sent.count == 1)
      #expect(sent.first?["task_type"] == "GENERATE_MEMORY_BATCH")
      #expect(Set(sent.first?["conversation_ids"]?.arrayValue ?? []) == Set(due.map(JSONValue.integer)))
      // Nothing was marked: they are due until a memory covers them.
      #expect(try await backend.dueCount() == 4)
    }
  }

  @Test func aMessageThatArrivesMeanwhileKeepsItsConversationDue() async throws {
    try await TestBackend.run { backend in
      let id = try await backend.makeConversation()
      let read = try await backend.append("Read by the Brain", to: id)
      try await backend.rest(id)
      #expect(try await backend.dueCount() == 1)
      _ = try await backend.append("While the model runs", to: id)
      #expect(try await backend.save("{}", of: id, covering: read).status == 201)
      #expect(try await backend.dueCount() == 0)
      try await backend.rest(id)
      #expect(try await backend.dueCount() == 1)
    }
  }

  @Test(arguments: ["dry_run=true", "dry_run=1", "dry_run=", "dry_run"])
  func aDryRunOnlyCounts(_ query: String) async throws {
    try await TestBackend.run { backend in
      try await backend.seedDue(5)
      let answer = try await backend.post("\(Self.trigger)?\(query)")
      #expect(answer.status == 200)
      #expect(answer.body == #"{"conversations":5,"messages":1}"#)
      #expect(backend.queue.requests.isEmpty)
    }
  }

  @Test func whatIsNoDryRunSends() async throws {
    try await TestBackend.run { backend in
      try await backend.seedDue(5)
      try await backend.post(Self.trigger + "?dry_run=perhaps").expectProblem(422)
      #expect(backend.queue.requests.isEmpty)
      #expect(try await backend.post(Self.trigger + "?dry_run=false").status == 202)
      #expect(backend.queue.requests.count == 1)
    }
  }

  @Test(
    arguments: [
      ("dry-run=true", ["dry-run"]), ("dryrun=true", ["dryrun"]), ("limit=1&Dry_Run", ["Dry_Run"]),
      ("b=&a=1&dry_run=true", ["a", "b"]),
    ])
  func anUnknownParameterIsRefused(_ query: String, _ names: [String]) async throws {
    try await TestBackend.run { backend in
      try await backend.seedDue(5)
      let answer = try await backend.post("\(Self.trigger)?\(query)")
      try answer.expectProblem(422)
      #expect(try answer.faults == names.map { "\($0): is not known here; known are dry_run, limit" })
      #expect(backend.queue.requests.isEmpty)
    }
  }

  @Test func aLimitTakesThatMany() async throws {
    try await TestBackend.run { backend in
      try await backend.seedDue(5)
      #expect(try await backend.post(Self.trigger + "?limit=2").body == #"{"conversations":2,"messages":1}"#)
      #expect(try await backend.post(Self.trigger + "?limit=9").body == #"{"conversations":5,"messages":1}"#)
      for wrong in ["0", "-3", "many", "1.5"] {
        let answer = try await backend.post(Self.trigger + "?limit=\(wrong)")
        try answer.expectProblem(422)
        #expect(try answer.faults.first?.hasPrefix("limit: ") == true)
      }
    }
  }

  @Test func aLimitTakesThoseThatHaveWaitedLongest() async throws {
    try await TestBackend.run { backend in
      var ids: [Int64: Int64] = [:]
      for hours: Int64 in [3, 300, 4, 30, 5] {
        let id = try await backend.makeConversation()
        _ = try await backend.append(to: id)
        try await backend.rest(id, hours: hours)
        ids[hours] = id
      }
      let oldest = try [#require(ids[300]), #require(ids[30])]
      #expect(try await backend.post(Self.trigger + "?limit=2").status == 202)
      let sent = try #require(try backend.sentMessages.first)
      #expect(sent["conversation_ids"] == .array(oldest.map(JSONValue.integer)))
    }
  }

  @Test func moreThanAMessageHoldsIsSplitAndNoneIsLost() async throws {
    try await TestBackend.run(environment: ["SQS_MAX_MESSAGE_BYTES": "1024"]) { backend in
      try await backend.seedDue(1000)
      let answer = try await backend.post(Self.trigger)
      #expect(answer.status == 202)
      let sent = try backend.sentMessages
      #expect(try answer["messages"] == .integer(sent.count))
      // All but the last are as full as they can be.
      #expect(sent.dropLast().allSatisfy { $0.serialized.utf8.count > 1000 })
      #expect(sent.allSatisfy { $0.serialized.utf8.count <= 1024 })
      let ids = sent.flatMap { $0["conversation_ids"]?.arrayValue ?? [] }
      #expect(ids.count == 1000)
      #expect(Set(ids).count == 1000)
    }
  }

  @Test func aQueueThatRefusesIsABadGateway() async throws {
    try await TestBackend.run { _, connection in
      try await connection.reply(
        400, json: #"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"secret detail"}"#)
    } _: { backend in
      try await backend.seedDue(3)
      let answer = try await backend.post(Self.trigger)
      try answer.expectProblem(502)
      #expect(try answer["conversations"] == 0)
      #expect(try answer["messages"] == 0)
      #expect(!answer.body.contains("secret"))
      #expect(try await backend.dueCount() == 3)
    }
  }

  @Test func aQueueThatIsAwayIsServiceUnavailable() async throws {
    try await TestBackend.run(environment: ["AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1"]) { backend in
      try await backend.seedDue(3)
      let answer = try await backend.post(Self.trigger)
      try answer.expectProblem(503)
      #expect(answer.headers["retry-after"] == "1")
      #expect(try answer["detail"]?.stringValue?.contains("queue") == true)
      #expect(try await backend.dueCount() == 3)
    }
  }

  @Test func aQueueThatHangsIsToldBeforeTheInvocationEnds() async throws {
    let accepted = RequestCounter()
    try await TestBackend.run(environment: ["SQS_MAX_MESSAGE_BYTES": "1024"]) { request, connection in
      if await accepted.next() > 2 { try await connection.forever() }
      try await TestBackend.acceptingQueue(request, connection)
    } _: { backend in
      try await backend.seedDue(1000)
      let answer = try await backend.send(event: TestBackend.event("POST", Self.trigger), timeout: .seconds(4))
      try answer.expectProblem(503)
      #expect(try answer["messages"] == 2)
      #expect(try await backend.dueCount() == 1000)
    }
  }

  @Test func aFailureInTheMiddleTellsHowFarItCame() async throws {
    let accepted = RequestCounter()
    try await TestBackend.run(environment: ["SQS_MAX_MESSAGE_BYTES": "1024"]) { request, connection in
      guard await accepted.next() <= 2 else {
        return try await connection.reply(400, json: #"{"__type":"com.amazonaws.sqs#OverLimit","message":"no"}"#)
      }
      try await TestBackend.acceptingQueue(request, connection)
    } _: { backend in
      try await backend.seedDue(1000)
      let answer = try await backend.post(Self.trigger)
      try answer.expectProblem(502)
      let sent = try backend.sentMessages.prefix(2).flatMap { $0["conversation_ids"]?.arrayValue ?? [] }
      #expect(try answer["messages"] == 2)
      #expect(try answer["conversations"] == .integer(sent.count))
      #expect(try await backend.dueCount() == 1000)
    }
  }

  @Test func theThresholdDecidesWhatIsDue() async throws {
    try await TestBackend.run(environment: ["INACTIVITY_THRESHOLD": "90"]) { backend in
      let id = try await backend.makeConversation()
      _ = try await backend.append(to: id)
      // On both sides of the threshold, in the slot that it falls into and in the one before.
      for (seconds, count) in [(Int64(80), Int64(0)), (100, 1), (700, 1), (5, 0)] {
        _ = try await backend.database.query(
          "UPDATE conversations SET updated_at = now() - $2 * interval '1 second' WHERE id = $1", id, seconds)
        #expect(try await backend.dueCount() == count, "\(seconds) s")
      }
    }
    try await TestBackend.run(environment: ["INACTIVITY_THRESHOLD": "0"]) { backend in
      _ = try await backend.append(to: try await backend.makeConversation())
      #expect(try await backend.dueCount() == 1)
    }
  }

  @Test func theCostGrowsWithWhatIsDue() async throws {
    try await TestBackend.run { backend in
      _ = try await backend.database.query("INSERT INTO users (phone_number) VALUES ('+15551234567')")
      _ = try await backend.database.query(
        """
        INSERT INTO conversations (user_id, updated_at, last_message_id, covered_message_id)
        SELECT 1, now() - interval '3 hours', n, CASE WHEN n % 2000 = 0 THEN 0 ELSE n END FROM generate_series(1, 20000) n
        """)
      _ = try await backend.database.query("VACUUM ANALYZE conversations")
      #expect(try await backend.dueCount() == 10)
      let plan = try await backend.database.query(
        SQL(
          schema: "EXPLAIN "
            + ConversationStore.due.description.replacing("$1", with: "7200").replacing("$2", with: "NULL")))
      let text = try plan.map { try $0.decode(0, as: String.self) }.joined(separator: "\n")
      #expect(!text.contains("Seq Scan"), "\(text)")
      #expect(text.contains("conversations_due_idx"), "\(text)")
    }
  }
}

/// Counts from 1.
actor RequestCounter {
  private var count = 0

  func next() -> Int {
    count += 1
    return count
  }
}

extension TestBackend {
  /// Makes conversations that are due.
  func seedDue(_ count: Int64) async throws {
    _ = try await database.query("INSERT INTO users (phone_number) VALUES ('+15550000000')")
    _ = try await database.query(
      "INSERT INTO conversations (user_id, updated_at) SELECT id, now() - interval '1 day' FROM users, generate_series(1, $1)",
      count)
    _ = try await database.query(
      "INSERT INTO messages (conversation_id, role, content) SELECT id, 'user', 'Hello' FROM conversations")
  }
}
