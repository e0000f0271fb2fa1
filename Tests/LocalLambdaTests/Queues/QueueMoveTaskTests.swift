import JSON
import Testing

@testable import LocalLambda

@Suite struct QueueMoveTaskTests {
  static let source: JSONValue = "arn:aws:sqs:eu-west-1:000000000000:dead"

  /// A dead-letter queue with messages, and the queue that they came from.
  static func run(_ count: Int, _ body: (QueueServerFixture, _ origin: JSONValue) async throws -> Void) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("dead")
      let policy = #"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:dead","maxReceiveCount":"1"}"#
      let url = try await sqs.create("q", ["VisibilityTimeout": "0", "RedrivePolicy": .string(policy)])
      for number in 0..<count { try await sqs.service.send("\(number)", to: "q") }
      try await sqs.service.buryAll(of: "q")
      #expect(try await sqs.service.counts(of: "dead").available == count)
      _ = try await sqs.json(
        "SetQueueAttributes", ["QueueUrl": url, "Attributes": ["VisibilityTimeout": "600"]])
      try await body(sqs, url)
    }
  }

  /// The latest task, once it is over.
  static func finished(_ sqs: QueueServerFixture) async throws -> JSONValue {
    var task: JSONValue = .null
    _ = try await eventually {
      task = try await latest(sqs)
      return task["Status"] != "RUNNING"
    }
    return task
  }

  static func latest(_ sqs: QueueServerFixture) async throws -> JSONValue {
    try await sqs.json("ListMessageMoveTasks", ["SourceArn": source]).json?["Results"]?.arrayValue?.first ?? .null
  }

  @Test func messagesGoBackToWhereTheyCameFrom() async throws {
    try await Self.run(250) { sqs, url in
      let started = try await sqs.json("StartMessageMoveTask", ["SourceArn": Self.source])
      #expect(started.status == 200)
      #expect(started.json?["TaskHandle"]?.stringValue?.isEmpty == false)
      let task = try await Self.finished(sqs)
      #expect(task["Status"] == "COMPLETED")
      #expect(task["ApproximateNumberOfMessagesMoved"] == 250)
      #expect(task["ApproximateNumberOfMessagesToMove"] == 250)
      #expect(task["SourceArn"] == Self.source)
      #expect(task["TaskHandle"] == nil, "only a running task has one")
      #expect(task["DestinationArn"] == nil)
      #expect(task["StartedTimestamp"]?.int64Value ?? 0 > 1_700_000_000_000)
      #expect(try await sqs.service.counts(of: "q").available == 250)
      #expect(try await sqs.service.counts(of: "dead").total == 0)
      let message = try #require(try await sqs.receive(url, ["AttributeNames": ["All"]]).first)
      #expect(message["Attributes"]?["ApproximateReceiveCount"] == "1")
      #expect(message["Attributes"]?["DeadLetterQueueSourceArn"] == nil)
    }
  }

  @Test func aRateIsKeptAndATaskCanBeCancelled() async throws {
    try await Self.run(50) { sqs, _ in
      try await sqs.create("other")
      let destination: JSONValue = "arn:aws:sqs:eu-west-1:000000000000:other"
      let input: JSONValue = [
        "SourceArn": Self.source, "DestinationArn": destination, "MaxNumberOfMessagesPerSecond": 1,
      ]
      let started = try await sqs.json("StartMessageMoveTask", input)
      let handle = try #require(started.json?["TaskHandle"])
      let again = try await sqs.json("StartMessageMoveTask", input)
      #expect(
        again.json?["message"]
          == "There is already a task running. Only one active task is allowed for a source queue arn at a given time.")
      #expect(try await eventually { try await sqs.service.counts(of: "other").available > 0 })
      let running = try await Self.latest(sqs)
      #expect(running["Status"] == "RUNNING")
      #expect(running["TaskHandle"] == handle)
      #expect(running["MaxNumberOfMessagesPerSecond"] == 1)
      #expect(running["DestinationArn"] == destination)
      let cancelled = try await sqs.json("CancelMessageMoveTask", ["TaskHandle": handle])
      let moved = try #require(cancelled.json?["ApproximateNumberOfMessagesMoved"]?.int64Value)
      #expect((1..<50).contains(moved))
      let task = try await Self.latest(sqs)
      #expect(task["Status"] == "CANCELLED")
      #expect(try await sqs.service.counts(of: "other").available == Int(moved))
      #expect(try await sqs.service.counts(of: "dead").available == 50 - Int(moved))
      #expect(
        try await sqs.json("CancelMessageMoveTask", ["TaskHandle": handle]).json?["message"] == "Task does not exist.")
    }
  }

  @Test func aTaskWhoseDestinationIsDeletedFailsAndLosesNothing() async throws {
    try await Self.run(20) { sqs, _ in
      let other = try await sqs.create("other")
      _ = try await sqs.json(
        "StartMessageMoveTask",
        [
          "SourceArn": Self.source, "DestinationArn": "arn:aws:sqs:eu-west-1:000000000000:other",
          "MaxNumberOfMessagesPerSecond": 5,
        ])
      #expect(try await eventually { try await sqs.service.counts(of: "other").available > 0 })
      _ = try await sqs.json("DeleteQueue", ["QueueUrl": other])
      let task = try await Self.finished(sqs)
      #expect(task["Status"] == "FAILED")
      #expect(task["FailureReason"] == "AWS.SimpleQueueService.NonExistentQueue")
      let moved = Int(task["ApproximateNumberOfMessagesMoved"]?.int64Value ?? 0)
      #expect(try await sqs.service.counts(of: "dead").available == 20 - moved)
    }
  }

  @Test func aPollWakesWhenAMessageIsMovedBack() async throws {
    try await Self.run(1) { sqs, url in
      async let messages = sqs.receive(url, ["WaitTimeSeconds": 20])
      #expect(try await eventually { try await sqs.service.waitingPolls(of: "q") == 1 })
      _ = try await sqs.json("StartMessageMoveTask", ["SourceArn": Self.source])
      #expect(try await messages.map { $0["Body"] } == ["0"])
    }
  }

  /// Makes the queue `q`, and so many of its messages dead letters; answers the address of their queue, `dead`.
  private static func makeDeadLetters(_ count: Int, in service: QueueService) async throws -> QueueAddress {
    let source = QueueAddress("dead", in: service.ownScope)
    let policy = #"{"deadLetterTargetArn":"\#(source.arn)","maxReceiveCount":1}"#
    try await service.declare(QueueConfiguration(name: "dead"))
    try await service.declare(
      QueueConfiguration(name: "q", attributes: ["VisibilityTimeout": "0", "RedrivePolicy": policy]))
    for number in 0..<count { try await service.send("\(number)", to: "q") }
    try await service.buryAll(of: "q")
    return source
  }

  @Test func aTaskGoesOnAfterARestart() async throws {
    try await QueueStorageTests.folder { folder in
      try await QueueStorageTests.open(folder) { service in
        let source = try await Self.makeDeadLetters(30, in: service)
        _ = try await service.start(from: source, to: nil, rate: 20)
        #expect(try await eventually { try await service.counts(of: "q").available > 0 })
      }
      try await QueueStorageTests.open(folder) { service in
        let isDone = try await eventually { try await service.counts(of: "q").available == 30 }
        #expect(isDone)
        #expect(try await service.counts(of: "dead").total == 0)
        let tasks = await service.moveTasks.values.joined()
        #expect(tasks.map(\.status) == [.completed])
        #expect(tasks.map(\.moved) == [30])
      }
    }
  }

  @Test func aTaskOfADeletedQueueDoesNotComeBackWithARestart() async throws {
    try await QueueStorageTests.folder { folder in
      try await QueueStorageTests.open(folder) { service in
        let source = try await Self.makeDeadLetters(30, in: service)
        _ = try await service.start(from: source, to: nil, rate: 1)
        try await service.remove(named: "dead")
        try await service.declare(QueueConfiguration(name: "dead"))
        try await service.send("new", to: "dead")
      }
      try await QueueStorageTests.open(folder) { service in
        #expect(await service.moveTasks.isEmpty)
        let bodies = try await service.bodies(of: "dead")
        #expect(bodies == ["new"])
      }
    }
  }

  @Test(
    arguments: [
      (["SourceArn": "arn:aws:sqs:eu-west-1:000000000000:none"], 404, "ResourceNotFoundException", "SourceArn"),
      (
        ["SourceArn": source, "DestinationArn": "arn:aws:sqs:eu-west-1:000000000000:none"], 404,
        "ResourceNotFoundException", "DestinationArn"
      ),
      (["SourceArn": "arn:aws:sqs:eu-west-1:000000000000:q"], 400, "InvalidParameterValue", "Dead Letter Queue."),
      (["SourceArn": "q"], 400, "InvalidParameterValue", "use this format"),
      (["SourceArn": source, "MaxNumberOfMessagesPerSecond": 501], 400, "InvalidParameterValue", "between 1 and 500"),
      (["SourceArn": source, "DestinationArn": source], 400, "InvalidParameterValue", "another queue"),
      ([:], 400, "MissingParameter", "SourceArn"),
    ] as [(JSONValue, Int, String, String)])
  func whatCannotBeMovedIsRefused(input: JSONValue, status: Int, code: String, says: String) async throws {
    try await Self.run(0) { sqs, _ in
      let answer = try await sqs.json("StartMessageMoveTask", input)
      #expect(answer.status == status)
      #expect(answer.headers.header("x-amzn-query-error") == "\(code);Sender")
      #expect(answer.json?["message"]?.stringValue?.contains(says) == true, "\(answer.text)")
      #expect(try await sqs.json("CancelMessageMoveTask", ["TaskHandle": "x"]).status == 400)
    }
  }
}

extension QueueService {
  /// Receives every message of a queue with no visibility timeout once, and once more: then they are dead letters.
  func buryAll(of name: String) async throws(SQSError) {
    while try counts(of: name).total > 0 { _ = try await receive(from: name, limit: 10, wait: .zero) }
  }
}
