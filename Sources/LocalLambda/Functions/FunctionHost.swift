public import NIOCore

/// A function and its execution environments.
///
/// Environments are started on demand, up to the function's concurrency, and reused. At the limit a call is throttled,
/// as on Lambda.
public actor FunctionHost {
  /// The function.
  public nonisolated let configuration: FunctionConfiguration
  /// The function's ARN, put together once, as each invocation tells it.
  nonisolated let arn: String
  /// The loop that owns all state.
  public nonisolated let eventLoop: any EventLoop
  let log: FunctionLogSink
  /// This process's own.
  let callerVariables: [String: String]

  /// How many invocations an environment works on at once.
  let slots: Int
  /// Environments work on many invocations at once, as on Lambda's managed instances.
  let isManaged: Bool

  var environments: [ExecutionEnvironment.ID: ExecutionEnvironment] = [:]
  /// Those with a poll that waits; the one used last is used next.
  var idle: [ExecutionEnvironment] = []
  /// Calls that an environment is being started for, or that wait for one to come back.
  var waiting = CircularBuffer<ExecutionEnvironment.Call>()
  /// Calls that wait or run.
  var callsInFlight = 0
  var lastEnvironment = 0
  var recheck: Scheduled<Void>?
  var retirement: Scheduled<Void>?
  /// The function was called and has answered: a spare is worth while.
  var hasAnswered = false
  /// An environment that nobody waited for could not start.
  var isSpareInVain = false
  var isShutDown = false

  /// Runs the actor's code on its event loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  /// Hosts a function; nothing is started before the first invocation.
  public init(
    _ configuration: FunctionConfiguration, eventLoop: any EventLoop, log: @escaping FunctionLogSink = { _ in }
  ) throws(FunctionConfigurationError) {
    guard FunctionReference.isName(configuration.name) else {
      throw FunctionConfigurationError(
        function: configuration.name, reason: "its name may have letters, digits, -, _ and . and nothing else.")
    }
    try FunctionEnvironment.check(configuration)
    let concurrency = try FunctionEnvironment.maximumConcurrency(of: configuration)
    guard !configuration.command.isEmpty else {
      throw FunctionConfigurationError(function: configuration.name, reason: "it has no command to run.")
    }
    self.configuration = configuration
    arn = configuration.arn
    self.eventLoop = eventLoop
    self.log = log
    slots = concurrency ?? 1
    isManaged = configuration.isManaged
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
    guard !isShutDown else { return complete(stopped(requestID)) }
    guard callsInFlight < configuration.maximumConcurrency * slots else {
      return complete(throttled(requestID))
    }
    callsInFlight += 1
    let call = ExecutionEnvironment.Call(invocation: invocation, stream: stream, complete: complete)
    if let environment = idle.last {
      deliver(call, to: environment)
    } else {
      waiting.append(call)
      provideEnvironments(countingReturning: true)
    }
  }

  /// Ends all environments, with everything that they started; what is running is answered with an error.
  public func shutdown() async {
    isShutDown = true
    recheck?.cancel()
    retirement?.cancel()
    while let call = waiting.popFirst() {
      callsInFlight -= 1
      call.complete(stopped(call.requestID))
    }
    for environment in environments.values {
      for requestID in environment.running.keys where environment.isAttached {
        finish(environment, requestID, with: .functionError(FunctionError.stopped(requestID)))
      }
      end(environment)
    }
    for task in environments.values.compactMap(\.task) { await task.value }
  }

  /// The emulator is being stopped.
  private func stopped(_ requestID: String) -> InvocationResult {
    InvocationResult(requestID: requestID, outcome: .functionError(FunctionError.stopped(requestID)))
  }
}
