public import NIOCore

/// A function and its execution environments.
///
/// Environments are started on demand, up to the function's concurrency, and reused. At the limit a call is throttled,
/// as on Lambda.
public actor FunctionHost {
  /// The function.
  public nonisolated let configuration: FunctionConfiguration
  /// The loop that owns all state.
  public nonisolated let eventLoop: any EventLoop
  let log: FunctionLogSink
  /// This process's own.
  let callerVariables: [String: String]

  var environments: [ExecutionEnvironment.ID: ExecutionEnvironment] = [:]
  /// Those whose poll waits; the one used last is used next.
  var idle: [ExecutionEnvironment] = []
  /// Calls that an environment is being started for, or that wait for one to come back.
  var waiting = CircularBuffer<ExecutionEnvironment.Call>()
  /// Calls that wait or run.
  var callsInFlight = 0
  var lastEnvironment = 0
  private var recheck: Scheduled<Void>?
  var isShutDown = false

  /// Runs the actor's code on its event loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  /// Hosts a function; nothing is started before the first invocation.
  public init(
    _ configuration: FunctionConfiguration, eventLoop: any EventLoop, log: @escaping FunctionLogSink = { _ in }
  ) throws(FunctionConfigurationError) {
    try FunctionEnvironment.check(configuration)
    guard !configuration.command.isEmpty else {
      throw FunctionConfigurationError(function: configuration.name, reason: "it has no command to run.")
    }
    self.configuration = configuration
    self.eventLoop = eventLoop
    self.log = log
    callerVariables = FunctionEnvironment.caller()
  }

  /// Calls the function and waits for its answer, starting an environment if none is free.
  ///
  /// The call runs to its end even if the caller's task is cancelled.
  public func invoke(_ invocation: Invocation) async -> InvocationResult {
    await withCheckedContinuation { continuation in
      submit(invocation) { continuation.resume(returning: $0) }
    }
  }

  /// Calls the function; `complete` is called on the event loop, maybe at once.
  ///
  /// Without a stream, an answer that the function streams is collected.
  func submit(
    _ invocation: Invocation, stream: AnswerStream? = nil, complete: @escaping @Sendable (InvocationResult) -> Void
  ) {
    let requestID = invocation.requestID
    guard !isShutDown else {
      return complete(
        InvocationResult(requestID: requestID, outcome: .functionError(FunctionError.stopped(requestID))))
    }
    guard callsInFlight < configuration.maximumConcurrency else {
      return complete(InvocationResult(requestID: requestID, outcome: .throttled))
    }
    callsInFlight += 1
    let call = ExecutionEnvironment.Call(invocation: invocation, stream: stream, complete: complete)
    if let environment = idle.popLast() {
      deliver(call, to: environment)
    } else {
      waiting.append(call)
      provideEnvironments(countingReturning: true)
    }
  }

  /// Starts environments for the calls that wait.
  ///
  /// One that has just answered polls again in a moment and needs no other one beside it; but it is not waited for long.
  func provideEnvironments(countingReturning: Bool) {
    guard !waiting.isEmpty, !isShutDown else { return }
    let serving = environments.values.filter { !$0.isEnding }
    let returning = serving.count(where: \.isReturning)
    let expected = serving.count(where: \.isStarting) + (countingReturning ? returning : 0)
    let room = configuration.maximumConcurrency - serving.count
    for _ in 0..<max(0, min(waiting.count - expected, room)) { startEnvironment() }
    if countingReturning, returning > 0, recheck == nil {
      recheck = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(25)) { [weak self] in
        self?.assumeIsolated {
          $0.recheck = nil
          $0.provideEnvironments(countingReturning: false)
        }
      }
    }
  }

  /// Starts an environment.
  func startEnvironment(isSecondInit: Bool = false) {
    lastEnvironment += 1
    let environment = ExecutionEnvironment(id: lastEnvironment, isSecondInit: isSecondInit)
    environments[environment.id] = environment
    let limit = isSecondInit ? configuration.timeout : configuration.initTimeout
    setDeadline(of: environment, to: .now() + TimeAmount(limit))
    let id = environment.id
    environment.running = Task { await self.run(id) }
  }

  /// Ends all environments, with everything that they started; what is running is answered with an error.
  public func shutdown() async {
    isShutDown = true
    recheck?.cancel()
    while let call = waiting.popFirst() { fail(call, with: FunctionError.stopped(call.requestID)) }
    for environment in environments.values {
      if environment.isAttached {
        if let work = environment.work {
          finish(environment, with: .functionError(FunctionError.stopped(work.call.requestID)))
        }
        remove(environment)
      } else {
        end(environment)
      }
    }
    for task in environments.values.compactMap(\.running) { await task.value }
  }
}
