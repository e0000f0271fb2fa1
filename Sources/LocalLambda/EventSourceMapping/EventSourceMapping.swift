public import Logging
import NIOCore
import Synchronization

/// Drives a function with a queue's messages, as Lambda's event source mapping does.
///
///     let mapping = try await EventSourceMapping(configuration, queues: service) { event in
///       await host.invoke(Invocation(payload: event))
///     }
///     async let polling: Void = mapping.run()
///
/// What succeeded is deleted. What failed is left alone, so that it is in the queue again when its visibility times
/// out, received once more than before; after as many receives as the queue's redrive policy has, it is a dead letter.
public final class EventSourceMapping: Sendable {
  /// Calls the function with an event.
  public typealias Invoke = @Sendable ([UInt8]) async -> InvocationResult

  /// How the mapping is set.
  public let configuration: EventSourceMappingConfiguration
  private let queues: QueueService
  private let invoke: Invoke
  private let logger: Logger
  private let isFIFO: Bool
  private let gracePeriod: Duration
  private let backoff = Mutex(Backoff())

  /// Makes a mapping, which does nothing before ``run()``.
  ///
  /// - Parameter gracePeriod: how long invocations may go on once the mapping is stopped.
  /// - Throws: what Lambda refuses, in its words: no such queue, or limits that do not go together.
  public init(
    _ configuration: EventSourceMappingConfiguration, queues: QueueService,
    logger: Logger = Logger(label: "event-source-mapping"), gracePeriod: Duration = .seconds(5),
    invoke: @escaping Invoke
  ) async throws(EventSourceMappingError) {
    let attributes: QueueAttributes
    do throws(SQSError) {
      attributes = try await queues.attributes(ofQueue: configuration.queueName)
    } catch {
      throw EventSourceMappingError(message: Self.describe(error))
    }
    try configuration.check(against: attributes)
    self.configuration = configuration
    self.queues = queues
    self.invoke = invoke
    self.gracePeriod = gracePeriod
    isFIFO = attributes.isFIFO
    var logger = logger
    logger[metadataKey: "queue"] = "\(configuration.queueName)"
    logger[metadataKey: "function"] = "\(configuration.functionName)"
    self.logger = logger
  }

  /// Polls and invokes until the task is cancelled.
  ///
  /// Then nothing is received any more, messages that no invocation has are given back, and invocations may go on for
  /// the grace period; what they have not finished by then goes back to the queue.
  public func run() async {
    guard configuration.enabled else { return }
    await withTaskGroup(of: Void.self) { group in
      var running = 0
      while !Task.isCancelled {
        if running == configuration.maximumConcurrency {
          await group.next()
          running -= 1
        }
        let pause = backoff.withLock(\.pause)
        if pause > .zero { try? await Task.sleep(for: pause) }
        let batch = await gather()
        guard !batch.records.isEmpty else { continue }
        if Task.isCancelled {
          await queues.giveBack(batch.records.map(\.handle), to: configuration.queueName)
          break
        }
        running += 1
        group.addTask { await self.finish(batch) }
      }
    }
  }

  // MARK: Receiving

  /// The most that one receive returns.
  private static let receiveLimit = 10
  private static let longestPoll = Duration.seconds(20)

  /// Waits for messages, then goes on until the batch is full or its window is over.
  private func gather() async -> SQSBatch {
    var batch = SQSBatch()
    var windowEnd: ContinuousClock.Instant?
    while batch.records.count < configuration.batchSize, !Task.isCancelled {
      let wait = windowEnd.map { $0 - .now } ?? Self.longestPoll
      let limit = min(Self.receiveLimit, configuration.batchSize - batch.records.count)
      let deliveries: [Queue.Delivery]
      do throws(SQSError) {
        deliveries = try await queues.receive(from: configuration.queueName, limit: limit, wait: max(wait, .zero))
      } catch {
        logger.error("\(Self.describe(error))")
        backoff.withLock { $0.failed() }
        try? await Task.sleep(for: .seconds(1))
        break
      }
      let left = deliveries.drop { batch.add(record($0)) }
      if !left.isEmpty {
        await queues.giveBack(left.map(\.handle), to: configuration.queueName)
        break
      }
      if windowEnd == nil, !batch.records.isEmpty { windowEnd = .now + configuration.maximumBatchingWindow }
      // A receive that ends before the batch is full, with the window over, has emptied the queue.
      if deliveries.count < limit, windowEnd.map({ $0 <= .now }) ?? true { break }
    }
    return batch
  }

  private func record(_ delivery: Queue.Delivery) -> SQSRecord {
    SQSRecord(
      delivery, isFIFO: isFIFO, senderID: queues.accountID, queueARN: queues.arn(ofQueue: configuration.queueName),
      region: queues.region)
  }

  // MARK: Invoking

  /// Sees a batch through, also while the mapping is being stopped, for the grace period.
  private func finish(_ batch: SQSBatch) async {
    let work = Task { await process(batch) }
    let gracePeriod = gracePeriod
    let isDone = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      Task {
        try? await Task.sleep(for: gracePeriod)
        work.cancel()
      }
    }
    if !isDone { await queues.giveBack(batch.records.map(\.handle), to: configuration.queueName) }
  }

  /// Invokes the function and deletes what succeeded.
  ///
  /// - Returns: false when the invocation was cut off.
  private func process(_ batch: SQSBatch) async -> Bool {
    let result = await invoke(batch.payload)
    if Task.isCancelled { return false }
    var failed: Set<String> = []
    switch result.outcome {
    case .success(let answer, contentType: _):
      if configuration.reportBatchItemFailures {
        let ids = Set(batch.records.map(\.messageID))
        switch BatchItemFailures(answer: answer.readableBytesView, ids: ids) {
        case .none: break
        case .some(let reported): failed = reported
        case .all(let reason):
          logger.warning("All messages of a batch count as failed: \(reason).", metadata: ids.metadata)
          failed = ids
        }
      }
    case .functionError(let error):
      failed = Set(batch.records.map(\.messageID))
      logger.warning(
        "The function failed; its messages come back: \(String(decoding: error.readableBytesView, as: UTF8.self))",
        metadata: failed.metadata)
    case .throttled:
      failed = Set(batch.records.map(\.messageID))
      logger.warning("The function is throttled; its messages come back.", metadata: failed.metadata)
    }
    backoff.withLock { backoff in
      if failed.count == batch.records.count { backoff.failed() } else { backoff.succeeded() }
    }
    await delete(batch.records.filter { !failed.contains($0.messageID) })
    return true
  }

  private func delete(_ records: [SQSRecord]) async {
    do throws(SQSError) {
      let expired = try await queues.delete(records.map(\.handle), from: configuration.queueName)
      if !expired.isEmpty {
        logger.warning("\(expired.count) messages were done too late, and come again.")
      }
    } catch {
      logger.warning("Messages that are done could not be deleted: \(error.message)")
    }
  }

  private static func describe(_ error: SQSError) -> String {
    "Error occurred while ReceiveMessage. SQS Error Code: \(error.code.query). SQS Error Message: \(error.message)"
  }
}

extension Set<String> {
  /// The messages' ids for a log line.
  fileprivate var metadata: Logger.Metadata { ["messages": .array(sorted().prefix(20).map { .string($0) })] }
}
