import JSON
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import LocalLambda

@Suite(.timeLimit(.minutes(2))) struct ConcurrentUpdateTests {
  /// Another SQS takes its time to tell its visibility time-out; meanwhile a second update may begin and end.
  @Test func anUpdateThatIsOvertakenChangesOnlyWhatItNames() async throws {
    let queue = SlowQueue()
    let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
    let host = try FunctionHost(
      FunctionConfiguration(
        name: "echo", command: [BuiltProducts.program("echo-function")], workingDirectory: "/",
        identity: MappingFixture.account), eventLoop: eventLoop)
    let mappings = EventSourceMappings(functions: [host], eventLoop: eventLoop) { _ in queue }
    let made = try await mappings.create(
      EventSourceMappingRequest(["EventSourceArn": .string(queue.arn), "FunctionName": "echo", "Enabled": false]))

    queue.holds.withLock { $0 = true }
    async let first = mappings.update(made.uuid, EventSourceMappingRequest(["MaximumBatchingWindowInSeconds": 7]))
    #expect(await eventually { queue.waiting.withLock { $0.count } == 1 })
    async let second = mappings.update(made.uuid, EventSourceMappingRequest(["BatchSize": 3]))
    #expect(await eventually { queue.waiting.withLock { $0.count } == 2 })
    queue.release(1)
    _ = try await second
    #expect(
      try await eventually { try await mappings.description(of: made.uuid).state == .disabled })
    queue.release(0)
    _ = try await first
    let configuration = try await mappings.description(of: made.uuid).configuration
    #expect(configuration.batchSize == 3)
    #expect(configuration.maximumBatchingWindow == 7)
    await mappings.shutdown()
    await host.shutdown()
  }
}

/// A queue without messages that answers the question for its visibility time-out when the test lets it.
private final class SlowQueue: EventSourceQueue {
  let arn = MappingFixture.queueARN
  let holds = Mutex(false)
  let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

  func release(_ index: Int) { waiting.withLock { $0.remove(at: index) }.resume() }

  func visibilityTimeout() async throws(EventSourceQueueError) -> Duration {
    if holds.withLock({ $0 }) {
      await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } }
    }
    return .seconds(60)
  }

  func receive(limit: Int, wait: Duration) async throws(EventSourceQueueError) -> [ReceivedMessage] { [] }
  func delete(_ handles: [String]) async throws(EventSourceQueueError) -> Int { 0 }
  func giveBack(_ handles: [String]) async {}
  func note(invocation: String?, of messageIDs: [String]) async {}
}
