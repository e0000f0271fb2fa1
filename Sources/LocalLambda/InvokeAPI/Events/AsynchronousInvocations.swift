import NIOCore

/// The `Event` calls that are not done yet.
///
/// One that fails is tried twice more; one that is throttled is tried until it is too old. What becomes of them is told
/// to the function's destinations and its dead-letter queue.
actor AsynchronousInvocations {
  nonisolated let eventLoop: any EventLoop
  private let policy: AsynchronousInvocationPolicy
  private let destinations: EventDestinations
  private var configurations: [String: StoredConfiguration] = [:]
  private var tasks: [Int: Task<Void, Never>] = [:]
  private var lastTask = 0

  /// A function's configuration, and when it was made.
  struct StoredConfiguration: Sendable {
    var configuration: EventInvokeConfiguration
    var lastModified = WallClock.milliseconds()
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  init(
    policy: AsynchronousInvocationPolicy, functions: [FunctionHost], queues: QueueService?, eventLoop: any EventLoop
  ) {
    self.policy = policy
    self.eventLoop = eventLoop
    destinations = EventDestinations(functions: functions, queues: queues)
    for function in functions.map(\.configuration) {
      configurations[function.name] = function.eventInvoke.map { StoredConfiguration(configuration: $0) }
    }
  }

  /// A function's configuration, if it has one of its own.
  func configuration(of function: String) -> StoredConfiguration? { configurations[function] }

  /// Gives a function a configuration, or takes it away.
  func set(_ configuration: EventInvokeConfiguration?, of function: String) {
    configurations[function] = configuration.map { StoredConfiguration(configuration: $0) }
  }

  /// Whether there is such a target for records, as far as that is known.
  func hasTarget(_ arn: String) -> Bool { destinations.has(arn) }

  /// Takes a call on.
  func add(_ invocation: Invocation, to function: FunctionHost) {
    lastTask += 1
    let id = lastTask
    tasks[id] = Task {
      await self.run(invocation, function)
      self.tasks[id] = nil
    }
  }

  /// Gives up what has not begun; what runs is left to the functions.
  func shutdown() {
    for task in tasks.values { task.cancel() }
    tasks.removeAll()
  }

  private func run(_ invocation: Invocation, _ function: FunctionHost) async {
    let began = ContinuousClock.now
    var event = EventRecord(invocation, of: function.configuration)
    // Not zero, however short the retries' wait: it doubles.
    var throttleWait = max(min(policy.retryWait, .seconds(1)), .milliseconds(10))
    while true {
      let result = await function.invoke(invocation)
      if Task.isCancelled { return }
      let configuration = configurations[function.configuration.name]?.configuration ?? EventInvokeConfiguration()
      let wait: Duration
      switch result.outcome {
      case .success(let answer, _):
        event.succeeded(answer)
        return await tell(event, configuration, function)
      case .functionError(let error):
        event.failed(error)
        guard
          event.invokeCount <= configuration.maximumRetryAttempts ?? EventInvokeConfiguration.retryAttempts.upperBound
        else { return await giveUp(event, .retriesExhausted, configuration, function) }
        wait = policy.retryWait * event.invokeCount
      case .throttled:
        guard function.configuration.maximumConcurrency > 0 else {
          return await giveUp(event, .zeroReservedConcurrency, configuration, function)
        }
        wait = throttleWait
        throttleWait = min(throttleWait * 2, .seconds(300))
      }
      let age = Duration.seconds(configuration.maximumEventAge ?? EventInvokeConfiguration.eventAge.upperBound)
      guard ContinuousClock.now + wait < began + age else {
        return await giveUp(event, .eventAgeExceeded, configuration, function)
      }
      do { try await Task.sleep(for: wait) } catch { return }
    }
  }

  private func giveUp(
    _ event: EventRecord, _ condition: EventRecord.Condition, _ configuration: EventInvokeConfiguration,
    _ function: FunctionHost
  ) async {
    function.report("Event dropped: \(condition.explanation)", event.requestID)
    var event = event
    event.condition = condition
    if let queue = function.configuration.deadLetterTargetARN {
      await deliver(to: queue, for: event, function) { try await self.destinations.bury(event, in: queue) }
    }
    await tell(event, configuration, function)
  }

  private func tell(
    _ event: EventRecord, _ configuration: EventInvokeConfiguration, _ function: FunctionHost
  ) async {
    let target = event.condition == .success ? configuration.onSuccess : configuration.onFailure
    guard let target else { return }
    if let next = destinations.function(target) { return add(Invocation(payload: event.json()), to: next) }
    await deliver(to: target, for: event, function) { try await self.destinations.send(event, to: target) }
  }

  private func deliver(
    to target: String, for event: EventRecord, _ function: FunctionHost, _ deliver: () async throws -> Void
  ) async {
    do {
      try await deliver()
    } catch {
      function.report("Event not delivered to \(target): \(error)", event.requestID)
    }
  }
}
