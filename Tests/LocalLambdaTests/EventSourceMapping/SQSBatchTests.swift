import JSON
import Synchronization
import Testing

@testable import LocalLambda

/// A batch that waits for more for longer than a received message is hidden.
@Suite struct SQSBatchTests {
  static func message(_ id: String, handle: String) -> ReceivedMessage {
    ReceivedMessage(
      messageID: id, receiptHandle: handle, body: "body of \(id)", bodyDigest: "", systemAttributes: [:],
      attributes: [:], attributesDigest: nil)
  }

  private static func record(_ id: String, handle: String) -> SQSRecord {
    SQSRecord(message(id, handle: handle), queueARN: "arn:aws:sqs:r:000000000000:q", region: "r", isWindowed: true)
  }

  @Test func aMessageThatIsReceivedAgainTakesTheOldOnesPlace() throws {
    var batch = SQSBatch(size: 3)
    for (id, handle) in [("a", "1"), ("b", "2"), ("a", "three"), ("a", "4")] {
      let isAdded = batch.add(Self.record(id, handle: handle))
      #expect(isAdded)
    }
    #expect(batch.room == 1)
    #expect(batch.records.map(\.messageID) == ["a", "b"])
    #expect(batch.receiptHandles == ["4", "2"])
    let event = try JSONValue(parsing: batch.payload)
    #expect(event.records.map { $0["receiptHandle"] } == ["4", "2"])
  }

  @Test func theFunctionGetsItOnceAndItsLastHandleIsUsed() async throws {
    try await QueueService.run { service in
      let queue = ScriptedQueue([
        [Self.message("a", handle: "a1")], [Self.message("a", handle: "a2")], [Self.message("b", handle: "b1")],
      ])
      let function = ScriptedFunction(answering: "null")
      var configuration = EventSourceMappingConfiguration()
      configuration.batchSize = 2
      configuration.maximumBatchingWindow = 300
      let mapping = EventSourceMapping(
        configuration, filters: try FilterCriteria(patterns: []), queue: queue, visibilityTimeout: .seconds(1),
        eventLoop: service.eventLoop, invoke: function.invoke)
      await mapping.start()
      #expect(await eventually { queue.deleted.count == 2 })
      await mapping.stop()
      await mapping.drained()
      #expect(function.bodies == [["body of a", "body of b"]])
      #expect(queue.deleted == ["a2", "b1"])
    }
  }
}

/// A queue that hands out what a test says, receive by receive, and then nothing more.
private final class ScriptedQueue: EventSourceQueue {
  let arn = "arn:aws:sqs:eu-west-1:123456789012:scripted"
  private let receives: Mutex<[[ReceivedMessage]]>
  private let handles = Mutex<[String]>([])

  init(_ receives: [[ReceivedMessage]]) { self.receives = Mutex(receives) }

  /// The receipt handles of what was deleted.
  var deleted: [String] { handles.withLock(\.self) }

  func visibilityTimeout() async throws(EventSourceQueueError) -> Duration { .seconds(1) }

  func receive(limit: Int, wait: Duration) async throws(EventSourceQueueError) -> [ReceivedMessage] {
    let next: [ReceivedMessage]? = receives.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    // Until the mapping stops.
    if next == nil { try? await Task.sleep(for: wait) }
    return next ?? []
  }

  func delete(_ handles: [String]) async throws(EventSourceQueueError) -> Int {
    self.handles.withLock { $0 += handles }
    return 0
  }

  func giveBack(_ handles: [String]) async {}

  func note(invocation: String?, of messageIDs: [String]) async {}
}
