import NIOCore

/// How `Event` calls are retried.
public struct AsynchronousInvocationPolicy: Sendable, Hashable {
  /// The waits before the retries of a call that failed.
  public var retryDelays: [Duration]
  /// How long a throttled call is tried again.
  public var maximumAge: Duration

  /// Lambda's own: two retries, after one minute and after two; six hours.
  public init(retryDelays: [Duration] = [.seconds(60), .seconds(120)], maximumAge: Duration = .seconds(6 * 3600)) {
    self.retryDelays = retryDelays
    self.maximumAge = maximumAge
  }
}

/// The `Event` calls that are not done yet.
actor AsynchronousInvocations {
  nonisolated let eventLoop: any EventLoop
  private let policy: AsynchronousInvocationPolicy
  private var tasks: [Int: Task<Void, Never>] = [:]
  private var lastTask = 0

  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  init(policy: AsynchronousInvocationPolicy, eventLoop: any EventLoop) {
    self.policy = policy
    self.eventLoop = eventLoop
  }

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
    var retries = policy.retryDelays.makeIterator()
    let expiry = ContinuousClock.now + policy.maximumAge
    var throttleDelay = Duration.milliseconds(200)
    while !Task.isCancelled {
      let delay: Duration
      switch await function.invoke(invocation).outcome {
      case .success: return
      case .functionError:
        guard let next = retries.next() else {
          return function.report("Event dropped after all retries", invocation.requestID)
        }
        delay = next
      case .throttled:
        delay = throttleDelay
        throttleDelay = min(throttleDelay * 2, .seconds(300))
      }
      guard ContinuousClock.now + delay < expiry else {
        return function.report("Event dropped: it is too old", invocation.requestID)
      }
      do { try await Task.sleep(for: delay) } catch { return }
    }
  }
}
