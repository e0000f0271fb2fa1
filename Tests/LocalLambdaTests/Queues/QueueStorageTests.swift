import FoundationEssentials
import JSON
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import LocalLambda

@Suite struct QueueStorageTests {
  /// A folder of its own for the time of one test.
  static func folder<R>(_ body: (String) async throws -> R) async throws -> R {
    let path = FileManager.default.temporaryDirectory.path + "/queues-\(MessageID.random())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }

  /// A thread of its own: opening blocks it, which would hold up the tests that wait for something.
  private static let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// The queues of a folder, from opening to closing.
  @discardableResult
  static func open<R>(
    _ folder: String, slack: Int = QueueStorage.slack, _ body: (QueueService) async throws -> R
  ) async throws -> R {
    let service = try await QueueService(eventLoop: loop.any(), storage: .directory(folder), logSlack: slack)
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
        let attributes = ["FifoQueue": "true", "VisibilityTimeout": "43200"]
        try await service.declare(QueueConfiguration(name: "q.fifo", attributes: attributes))
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
        try await Self.open(folder, slack: 10_000) { service in
          try await service.declare(QueueConfiguration(name: "other"))
          // Until the log has been written anew.
          var size = 0
          while case let next = try Self.log(folder).count, next >= size {
            size = next
            try await service.passThrough("other", count: 10)
          }
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

  @Test func anyDamagedByteIsToldAndNotGuessedOver() async throws {
    try await Self.folder { folder in
      try await Self.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "q"))
        try await service.send("first", to: "q")
      }
      try await Self.open(folder) { service in try await service.send("last", to: "q") }
      let whole = try Self.log(folder)
      for place in whole.indices {
        var log = whole
        log[place] ^= 0x40
        try Self.write(log, folder)
        let error = await #expect(throws: QueueStorageError.self) { try await Self.open(folder) { _ in } }
        #expect(error?.path == folder + "/queues.log")
        let begin = LogFrame.fileHeader.count
        #expect(error?.reason.hasPrefix(place < begin ? "this is no log of queues" : "damaged at byte") == true)
        #expect(try Self.log(folder) == log, "nothing is changed")
      }
    }
  }

  @Test func foreignBytesAreTold() async throws {
    try await Self.folder { folder in
      try await Self.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "q"))
        for body in ["first", "second"] {
          try await service.send(body, to: "q")
          await service.durable()
        }
      }
      let whole = try Self.log(folder)
      let frames = whole[LogFrame.fileHeader.count...]
      for foreign in [Data("x".utf8), Data("something else altogether, and long enough".utf8), Data(frames)] {
        // At the end, and between two frames; even a frame that was whole in its own place.
        for place in [whole.count, LogFrame.fileHeader.count] {
          var log = whole
          log.insert(contentsOf: foreign, at: place)
          try Self.write(log, folder)
          let error = await #expect(throws: QueueStorageError.self) { try await Self.open(folder) { _ in } }
          // What moved is not where it was written.
          let told = place < whole.count && foreign == Data(frames) ? whole.count : place
          #expect(error?.reason.hasPrefix("damaged at byte \(told) of \(log.count)") == true)
          #expect(try Self.log(folder) == log)
        }
      }
      var log = whole
      log.removeSubrange(LogFrame.fileHeader.count..<LogFrame.fileHeader.count + 10)
      try Self.write(log, folder)
      await #expect(throws: QueueStorageError.self) { try await Self.open(folder) { _ in } }
    }
  }

  @Test func aDamagedLogIsBadConfiguration() async throws {
    try await Self.folder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Self.write(Data("something else".utf8), folder)
      let ending = try await CommandProcess.run(["queue", "serve", "--port", "0", "--data", folder])
      #expect(ending.code == 78)
      #expect(ending.error.contains(folder + "/queues.log"))
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

  @Test func historyIsDroppedWhileTheQueuesGoOn() async throws {
    try await Self.folder { folder in
      let slack = 20_000
      try await Self.open(folder, slack: slack) { service in
        try await service.declare(
          QueueConfiguration(name: "stays", attributes: ["VisibilityTimeout": "43200"], tags: ["a": "b"]))
        try await service.declare(QueueConfiguration(name: "passes"))
        for number in 0..<50 { try await service.send("\(number)", to: "stays") }
        _ = try await service.receive(from: "stays", limit: 5, wait: .zero)
        // What flows through is many times what the log may hold.
        for _ in 0..<20 {
          try await service.passThrough("passes", count: 50)
          #expect(try Self.log(folder).count < 4 * slack)
        }
      }
      try await Self.open(folder, slack: slack) { service in
        let counts = try await service.counts(of: "stays")
        #expect(counts == Queue.Counts(available: 45, delayed: 0, inFlight: 5))
        #expect(try await service.tags(of: "stays") == ["a": "b"])
        #expect(try await service.counts(of: "passes") == Queue.Counts())
      }
    }
  }

  /// Random operations, with a log that is written anew all the time, against what the queue says itself.
  @Test(arguments: [21, 22, 23, 24] as [UInt64])
  func randomRunsComeBackAsTheyWere(seed: UInt64) async throws {
    var random = SeededGenerator(seed)
    try await Self.folder { folder in
      for _ in 1...4 {
        let before = try await Self.open(folder, slack: 2_000) { service in
          try await service.declare(QueueConfiguration(name: "q", attributes: ["VisibilityTimeout": "43200"]))
          var held: [ReceiptHandle] = []
          for step in 0..<300 {
            switch random.next() % 8 {
            case 0...2:
              try await service.send("\(step)", to: "q", ["DelaySeconds": random.next() % 4 == 0 ? 900 : 0])
            case 3...4:
              held += try await service.receive(from: "q", limit: Int(random.next() % 3) + 1, wait: .zero).map(\.handle)
            case 5:
              guard !held.isEmpty else { continue }
              _ = try await service.delete([held.removeFirst()], from: "q")
            case 6:
              guard !held.isEmpty else { continue }
              try await service.show(held.removeFirst().description, of: "q")
            default:
              if random.next() % 20 == 0 {
                try await service.purge(named: "q")
                held = []
              } else {
                await service.durable()
              }
            }
          }
          return try await service.messages(of: "q", limit: 10_000)
        }
        try await Self.open(folder) { service in
          let after = try await service.messages(of: "q", limit: 10_000)
          #expect(after.map(\.sequence) == before.map(\.sequence))
          #expect(after.map(\.status) == before.map(\.status))
          #expect(after.map(\.body) == before.map(\.body))
        }
      }
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

  /// Who sends is promised that the message stays; who receives is promised nothing, and does not wait for the disk.
  @Test func whatNeedsNoDiskIsToldBeforeWhatDoes() async throws {
    try await Self.folder { folder in
      try await Self.open(folder) { service in
        try await service.declare(QueueConfiguration(name: "q"))
        await service.durable()
        #expect(try await service.durabilities(ofSendingTo: "q") == [.written, .synced])
      }
    }
  }

  @Test func whatWasTooOldStaysGoneWhenRetentionGrows() throws {
    let now: Int64 = 1_700_000_000_000
    var queue = Queue(
      address: QueueAddress("q", in: QueueFixture.scope),
      attributes: try QueueAttributes(["MessageRetentionPeriod": "60"]), tags: [:], tag: 1, createdAt: now)
    var replay = QueueReplay()
    replay.apply(.queue(QueueDescription(queue)))
    for (body, sentAt) in [("old", now), ("young", now + 59_000)] {
      let message = queue.add(
        Message(
          id: .random(), body: body, bodyDigest: MD5Digest(of: body), sentAt: sentAt, availableAt: sentAt,
          details: nil), now: sentAt)
      replay.apply(.message(tag: 1, message))
    }
    try queue.set(["MessageRetentionPeriod": "86400"], now: now + 60_000)
    queue.modifiedAt = now + 60_000
    replay.apply(.queue(QueueDescription(queue)))
    #expect(try replay.result().flatMap { $0.peek(limit: 10).map(\.body) } == ["young"])
  }
}

extension QueueService {
  func messages(of name: String, limit: Int = 100) throws(SQSError) -> [Message] {
    try queue(named: name).queue.peek(limit: limit)
  }

  /// Waits until everything done so far is on the disk.
  func durable() async {
    await withCheckedContinuation { continuation in whenDurable { _ in continuation.resume() } }
  }

  /// Sends a message; what is known of it, in the order in which it is.
  func durabilities(ofSendingTo name: String) async throws(SQSError) -> [QueueStorage.Durability] {
    try send("x", to: name)
    return await withCheckedContinuation { continuation in
      var known: [QueueStorage.Durability] = []
      func note(_ durability: QueueStorage.Durability) {
        known.append(durability)
        if known.count == 2 { continuation.resume(returning: known) }
      }
      whenDurable(.synced) { _ in note(.synced) }
      whenDurable(.written) { _ in note(.written) }
    }
  }

  /// Sends, receives and deletes messages.
  func passThrough(_ name: String, count: Int) async throws {
    for _ in 0..<count {
      try send("x", to: name)
      _ = try await delete(receive(from: name, limit: 1, wait: .zero).map(\.handle), from: name)
    }
    await durable()
  }

  func tags(of name: String) throws(SQSError) -> [String: String] { try queue(named: name).queue.tags }
  func purge(named name: String) throws(SQSError) { try purge(queue(named: name)) }
}
