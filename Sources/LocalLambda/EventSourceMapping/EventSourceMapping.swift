import Logging
import NIOCore

/// Drives a function with a queue's messages, as Lambda's event source mapping does.
///
///     let mapping = EventSourceMapping(configuration, filters: filters, queue: queue, eventLoop: loop) { invocation in
///       await host.invoke(invocation)
///     }
///     await mapping.start()
///
/// What succeeded is deleted. What failed is left alone, so that it is in the queue again when its visibility times
/// out, received once more than before; after as many receives as the queue's redrive policy has, it is a dead letter.
/// A throttled invocation is no failure of its messages: it is tried again for as long as they are hidden.
///
/// It lives on the functions' event loop, so that a batch goes from the queue to the function with no hops.
actor EventSourceMapping {
  /// Calls the function.
  typealias Invoke = @Sendable (Invocation) async -> InvocationResult

  let configuration: EventSourceMappingConfiguration
  private let filters: FilterCriteria
  private let queue: any EventSourceQueue
  private let invoke: Invoke
  private let logger: Logger
  private let eventLoop: any EventLoop

  private var concurrency: BatchConcurrency
  private var poller: Task<Void, Never>?
  /// The batches that the function has, by the request ids of their invocations. Whoever takes a batch out of here
  /// sees to its messages.
  private var underWay: [String: SQSBatch] = [:]
  private var waiters: [CheckedContinuation<Void, Never>] = []
  private let visibilityTimeout: Duration
  /// How the last batch went: `OK`, or `PROBLEM: …`; nil before the first one.
  private(set) var lastResult: String?

  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  /// Makes a mapping, which does nothing before ``start()``.
  init(
    _ configuration: EventSourceMappingConfiguration, filters: FilterCriteria, queue: any EventSourceQueue,
    visibilityTimeout: Duration, eventLoop: any EventLoop, logger: Logger = Logger(label: "event-source-mapping"),
    invoke: @escaping Invoke
  ) {
    self.configuration = configuration
    self.filters = filters
    self.queue = queue
    self.invoke = invoke
    self.eventLoop = eventLoop
    self.visibilityTimeout = visibilityTimeout
    concurrency =
      configuration.provisionedPollers.map(BatchConcurrency.init(pollers:))
      ?? BatchConcurrency(maximum: configuration.maximumConcurrency)
    var logger = logger
    logger[metadataKey: "queue"] = "\(queue.name)"
    self.logger = logger
  }

  /// Begins to poll.
  func start() {
    guard poller == nil else { return }
    poller = Task { await poll() }
  }

  /// Ends polling: nothing is received any more, and messages that no invocation has are given back. Invocations go on.
  func stop() async {
    poller?.cancel()
    await poller?.value
    poller = nil
  }

  /// Waits until no invocation is under way.
  func drained() async {
    while !underWay.isEmpty { await change(within: nil) }
  }

  /// Gives the messages of all invocations back that are under way: what becomes of these is of no interest any more.
  func cutOff() async {
    let batches = underWay.values
    underWay = [:]
    wake()
    for batch in batches { await queue.giveBack(batch.receiptHandles) }
  }

  // MARK: Polling

  /// The most that one receive returns.
  private static let receiveLimit = 10
  private static let longestPoll = Duration.seconds(20)
  /// How long a queue is left alone that cannot be received from.
  private static let troublePause = Duration.seconds(1)

  private func poll() async {
    while !Task.isCancelled {
      await waitForRoom()
      if concurrency.pause > .zero { try? await Task.sleep(for: concurrency.pause) }
      guard !Task.isCancelled else { return }
      guard let batch = await gather() else { continue }
      if Task.isCancelled {
        await queue.giveBack(batch.receiptHandles)
      } else {
        concurrency.gathered(isFull: batch.isFull, at: .now)
        begin(batch)
      }
    }
  }

  /// Waits until one more batch may be under way.
  private func waitForRoom() async {
    while !Task.isCancelled {
      concurrency.advance(to: .now)
      guard underWay.count >= concurrency.limit else { return }
      await change(within: concurrency.growth(after: .now))
    }
  }

  /// Waits for messages, then goes on until the batch is full or its window is over; nil when there are none.
  private func gather() async -> SQSBatch? {
    var batch = SQSBatch(size: configuration.batchSize)
    var windowEnd: ContinuousClock.Instant?
    var foundNothing = true
    while !batch.isFull, !Task.isCancelled {
      let wait = windowEnd.map { $0 - .now } ?? Self.longestPoll
      let limit = min(Self.receiveLimit, batch.room)
      let messages: [ReceivedMessage]
      do throws(EventSourceQueueError) {
        messages = try await queue.receive(limit: limit, wait: max(wait, .zero))
      } catch {
        await trouble(error)
        break
      }
      if !messages.isEmpty { foundNothing = false }
      if batch.records.isEmpty { batch.begunAt = .now }
      await add(messages, to: &batch)
      if windowEnd == nil, !batch.records.isEmpty {
        windowEnd = .now + .seconds(configuration.maximumBatchingWindow)
      }
      // A receive that ends before the batch is full, with the window over, has emptied the queue.
      if messages.count < limit, windowEnd.map({ $0 <= .now }) ?? true { break }
    }
    if foundNothing, !Task.isCancelled { concurrency.foundNothing() }
    return batch.records.isEmpty ? nil : batch
  }

  /// Adds what the filters let through, deletes what they do not, and gives back what does not fit.
  private func add(_ messages: [ReceivedMessage], to batch: inout SQSBatch) async {
    var filtered: [String] = []
    var left: [String] = []
    for message in messages {
      let record = SQSRecord(
        message, queueARN: queue.arn, region: queue.region, isWindowed: configuration.maximumBatchingWindow > 0)
      if !filters.matches(record) {
        filtered.append(record.receiptHandle)
      } else if !left.isEmpty || !batch.add(record) {
        left.append(record.receiptHandle)
      }
    }
    if !filtered.isEmpty { await delete(filtered) }
    if !left.isEmpty { await queue.giveBack(left) }
  }

  /// Says once what is wrong with the queue, and leaves it alone for a moment.
  private func trouble(_ error: EventSourceQueueError) async {
    guard !Task.isCancelled else { return }
    let problem = "PROBLEM: \(error.description)"
    if lastResult != problem { logger.error("\(error.description)") }
    lastResult = problem
    try? await Task.sleep(for: Self.troublePause)
  }

  // MARK: Invoking

  private func begin(_ batch: SQSBatch) {
    let invocation = Invocation(payload: batch.payload)
    underWay[invocation.requestID] = batch
    // It ends with the invocation, which is not to be cut short when polling ends.
    Task { await process(batch, invocation) }
  }

  /// Invokes the function and deletes what succeeded.
  private func process(_ batch: SQSBatch, _ invocation: Invocation) async {
    await queue.note(invocation: invocation.requestID, of: batch.records.map(\.messageID))
    let result = await result(of: invocation, until: batch.begunAt + visibilityTimeout)
    guard underWay[invocation.requestID] != nil else { return }
    let failed = failures(of: batch, result)
    if failed.count == batch.records.count { concurrency.failed() } else { concurrency.succeeded() }
    lastResult = failed.isEmpty ? "OK" : "PROBLEM: Function call failed"
    let done = batch.records.filter { !failed.contains($0.messageID) }
    if !done.isEmpty {
      await delete(done.map(\.receiptHandle))
      await queue.note(invocation: nil, of: done.map(\.messageID))
    }
    underWay[invocation.requestID] = nil
    wake()
  }

  /// The function's answer; while it is throttled, it is asked again and again until the messages are visible again.
  private func result(of invocation: Invocation, until deadline: ContinuousClock.Instant) async -> InvocationResult {
    var pause = Duration.milliseconds(100)
    while true {
      let result = await invoke(invocation)
      guard case .throttled = result.outcome, .now + pause < deadline else { return result }
      concurrency.failed()
      try? await Task.sleep(for: pause)
      guard underWay[invocation.requestID] != nil else { return result }
      pause = min(pause * 2, .seconds(10))
    }
  }

  /// The messages of a batch that are not done.
  private func failures(of batch: SQSBatch, _ result: InvocationResult) -> Set<String> {
    let ids = batch.messageIDs
    switch result.outcome {
    case .success(let answer, contentType: _):
      guard configuration.reportBatchItemFailures else { return [] }
      switch BatchItemFailures(answer: answer.readableBytesView, ids: ids) {
      case .none: return []
      case .some(let reported): return reported
      case .all(let reason):
        logger.warning("All messages of a batch count as failed: \(reason).", metadata: ids.metadata)
        return ids
      }
    case .functionError(let error):
      logger.warning(
        "The function failed; its messages come back: \(String(decoding: error.readableBytesView, as: UTF8.self))",
        metadata: ids.metadata)
    case .throttled:
      logger.warning("The function is throttled; its messages come back.", metadata: ids.metadata)
    }
    return ids
  }

  private func delete(_ handles: [String]) async {
    do throws(EventSourceQueueError) {
      let late = try await queue.delete(handles)
      if late > 0 { logger.warning("\(late) messages were done too late, and come again.") }
    } catch {
      logger.warning("Messages that are done could not be deleted: \(error.message)")
    }
  }

  // MARK: Waiting

  /// Waits until a batch ends, time is up or the task is cancelled.
  private func change(within limit: Duration?) async {
    let timer = limit.map { limit in
      eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) { self.assumeIsolated { $0.wake() } }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled { continuation.resume() } else { waiters.append(continuation) }
      }
    } onCancel: {
      eventLoop.execute { self.assumeIsolated { $0.wake() } }
    }
    timer?.cancel()
  }

  private func wake() {
    let waiting = waiters
    waiters = []
    for waiter in waiting { waiter.resume() }
  }
}

extension Set<String> {
  /// The messages' ids for a log line.
  fileprivate var metadata: Logger.Metadata { ["messages": .array(sorted().prefix(20).map { .string($0) })] }
}
