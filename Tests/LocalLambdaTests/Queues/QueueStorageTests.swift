import FoundationEssentials
import JSON
import NIOCore
import NIOPosix
import Testing

@testable import LocalLambda

@Suite struct QueueStorageTests {
  /// A folder of its own for the time of one test.
  static func folder<R>(_ body: (String) async throws -> R) async throws -> R {
    let path = FileManager.default.temporaryDirectory.path + "/queues-\(MessageID.random())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }

  /// The queues of a folder, from opening to closing.
  @discardableResult
  static func open<R>(_ folder: String, _ body: (QueueService) async throws -> R) async throws -> R {
    let service = try await QueueService(
      eventLoop: MultiThreadedEventLoopGroup.singleton.any(), storage: .directory(folder))
    do {
      let result = try await body(service)
      await service.shutdown()
      return result
    } catch {
      await service.shutdown()
      throw error
    }
  }

  static func log(_ folder: String) throws -> Data { try Data(contentsOf: URL(filePath: folder + "/queues.log")) }

  static func write(_ data: Data, _ folder: String) throws {
    try data.write(to: URL(filePath: folder + "/queues.log"))
  }

  @Test func everythingIsBackAfterARestart() async throws {
    try await Self.folder { folder in
      let policy = #"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":5}"#
      let attributes = ["VisibilityTimeout": "600", "RedrivePolicy": policy]
      let (before, handle) = try await Self.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "dead"))
        try await service.declare(QueueConfiguration(name: "gone"))
        try await service.declare(QueueConfiguration(name: "q", attributes: attributes, tags: ["team": "a"]))
        for body in ["deleted", "in flight", "given back"] { try await service.send(body, to: "q") }
        let taken = try await service.receive(from: "q", limit: 3, wait: .zero)
        _ = try await service.delete([taken[0].handle], from: "q")
        try await service.show(taken[2].handle.description, of: "q")
        try await service.send("delayed", to: "q", ["DelaySeconds": 900])
        let more: JSONObject = [
          "MessageAttributes": [
            "text": ["DataType": "String", "StringValue": "v"], "raw": ["DataType": "Binary", "BinaryValue": "AQID"],
          ],
          "MessageSystemAttributes": ["AWSTraceHeader": ["DataType": "String", "StringValue": "Root=1"]],
        ]
        try await service.send("with attributes", to: "q", more)
        try await service.remove(named: "gone")
        return (try await service.messages(of: "q"), taken[1].handle)
      }
      try await Self.open(folder) { service in
        let after = try await service.messages(of: "q")
        #expect(after.map(\.body) == ["in flight", "given back", "delayed", "with attributes"])
        #expect(after.map(\.status) == before.map(\.status))
        #expect(after.map(\.id) == before.map(\.id))
        #expect(after.last?.details?.attributes == before.last?.details?.attributes)
        #expect(after.last?.details?.traceHeader == "Root=1")
        #expect(try await service.attributes(ofQueue: "q").text == attributes)
        #expect(try await service.tags(of: "q") == ["team": "a"])
        await #expect(throws: SQSError.self) { try await service.attributes(ofQueue: "gone") }
        // A handle from before the restart is still good.
        #expect(try await service.delete([handle], from: "q") == [])
        #expect(try await service.bodies(of: "q") == ["given back", "delayed", "with attributes"])
      }
    }
  }

  @Test func aFIFOQueueKeepsOrderLocksAndDeduplication() async throws {
    try await Self.folder { folder in
      func ids(_ body: String) -> JSONObject {
        ["MessageGroupId": "g", "MessageDeduplicationId": .string(body)]
      }
      let sent = try await Self.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "q.fifo", attributes: ["FifoQueue": "true"]))
        var sent: [SentMessage] = []
        for body in ["1", "2", "3"] { sent.append(try await service.send(body, to: "q.fifo", ids(body))) }
        _ = try await service.receive(from: "q.fifo", limit: 1, wait: .zero)
        return sent
      }
      // Twice: the second time from a log that was written anew.
      for _ in 1...2 {
        try await Self.open(folder) { service in
          #expect(try await service.receive(from: "q.fifo", limit: 10, wait: .zero).isEmpty, "the group is locked")
          let again = try await service.send("2", to: "q.fifo", ids("2"))
          #expect(again.id == sent[1].id)
          #expect(again.sequence == sent[1].sequence)
        }
        try await Self.open(folder) { service in
          for number in 0..<1_200 { try await service.declare(QueueConfiguration(name: "q\(number % 3)")) }
        }
      }
      try await Self.open(folder) { service in
        let bodies = try await service.bodies(of: "q.fifo")
        #expect(bodies == ["1", "2", "3"])
        let next = try await service.send("4", to: "q.fifo", ids("4"))
        #expect(next.sequence ?? 0 > sent[2].sequence ?? 0)
      }
    }
  }

  @Test func aTornEndIsCutWhereverItTears() async throws {
    try await Self.folder { folder in
      try await Self.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "q"))
        try await service.send("whole", to: "q")
      }
      let whole = try Self.log(folder)
      try await Self.open(folder) { service in try await service.send("torn", to: "q") }
      let all = try Self.log(folder)
      for size in whole.count..<all.count {
        try Self.write(all.prefix(size), folder)
        try await Self.open(folder) { service in
          let bodies = try await service.bodies(of: "q")
          #expect(bodies == ["whole"])
        }
        #expect(try Self.log(folder) == whole)
      }
      // A disk that lost power may have zeros there, too.
      try Self.write(whole + Data(repeating: 0, count: 5_000), folder)
      try await Self.open(folder) { service in
        try await service.send("after", to: "q")
        #expect(try await service.bodies(of: "q") == ["whole", "after"])
      }
      let bodies = try await Self.open(folder) { service in try await service.bodies(of: "q") }
      #expect(bodies == ["whole", "after"])
    }
  }

  @Test func damageInTheMiddleIsToldAndNotGuessedOver() async throws {
    try await Self.folder { folder in
      try await Self.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "q"))
        try await service.send("first", to: "q")
      }
      let damaged = try Self.log(folder).count - 1
      try await Self.open(folder) { service in try await service.send("second", to: "q") }
      var log = try Self.log(folder)
      log[damaged] ^= 0x40
      try Self.write(log, folder)
      let error = await #expect(throws: QueueStorageError.self) { try await Self.open(folder) { _ in } }
      #expect(error?.reason.hasPrefix("damaged at byte") == true)
      #expect(try Self.log(folder) == log, "nothing is changed")
    }
  }

  @Test func aForeignFileIsRefused() async throws {
    try await Self.folder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Self.write(Data("something else".utf8), folder)
      await #expect(throws: QueueStorageError.self) { try await Self.open(folder) { _ in } }
      #expect(try Self.log(folder) == Data("something else".utf8))
    }
  }

  @Test func oneFolderIsForOneService() async throws {
    try await Self.folder { folder in
      try await Self.open(folder) { _ in
        let error = await #expect(throws: QueueStorageError.self) { try await Self.open(folder) { _ in } }
        #expect(error?.reason.hasPrefix("another process uses these queues") == true)
      }
      try await Self.open(folder) { _ in }
    }
  }

  @Test func historyIsDroppedWhenTheQueuesAreOpened() async throws {
    try await Self.folder { folder in
      try await Self.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "q"))
        try await service.send("stays", to: "q")
        let taken = try await service.receive(from: "q", limit: 1, wait: .zero)
        for number in 0..<600 {
          try await service.send("\(number)", to: "q")
          _ = try await service.delete(
            service.receive(from: "q", limit: 1, wait: .zero).map(\.handle), from: "q")
        }
        try await service.show(taken[0].handle.description, of: "q")
      }
      let before = try Self.log(folder).count
      try await Self.open(folder) { _ in }
      #expect(try Self.log(folder).count < before / 100)
      let bodies = try await Self.open(folder) { service in try await service.bodies(of: "q") }
      #expect(bodies == ["stays"])
    }
  }

  @Test func aPurgedQueueStaysEmptyAndNumbersGoOn() async throws {
    try await Self.folder { folder in
      let handle = try await Self.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "q"))
        try await service.send("purged", to: "q")
        let handle = try #require(try await service.receive(from: "q", limit: 1, wait: .zero).first).handle
        try await service.purge(named: "q")
        return handle
      }
      try await Self.open(folder) { service in
        #expect(try await service.counts(of: "q") == Queue.Counts())
        try await service.send("new", to: "q")
        _ = try await service.delete([handle], from: "q")
        #expect(try await service.bodies(of: "q") == ["new"], "an old handle finds no new message")
      }
    }
  }

  @Test func whatWasTooOldStaysGoneWhenRetentionGrows() throws {
    let now: Int64 = 1_700_000_000_000
    var queue = Queue(
      name: "q", attributes: try QueueAttributes(["MessageRetentionPeriod": "60"]), tags: [:], tag: 1, createdAt: now)
    var replay = QueueReplay()
    replay.apply(.queue(QueueDescription(queue)))
    for (body, sentAt) in [("old", now), ("young", now + 59_000)] {
      let message = queue.add(
        Message(
          id: .random(), body: body, bodyDigest: MD5Digest(of: body), sentAt: sentAt, availableAt: sentAt,
          details: nil), now: sentAt)
      replay.apply(.message(tag: 1, message))
    }
    try queue.attributes.set(["MessageRetentionPeriod": "86400"])
    queue.modifiedAt = now + 60_000
    replay.apply(.queue(QueueDescription(queue)))
    #expect(try replay.result().flatMap { $0.peek(limit: 10).map(\.body) } == ["young"])
  }
}

extension QueueService {
  func messages(of name: String) throws(SQSError) -> [Message] { try queue(at: name).queue.peek(limit: 100) }
  func tags(of name: String) throws(SQSError) -> [String: String] { try queue(at: name).queue.tags }
  func purge(named name: String) throws(SQSError) { purge(try queue(at: name)) }
}
