public import NIOCore
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs one function as Lambda does: execution environments that are started on demand, used again, and replaced when
/// they exit, crash or run out of time.
///
/// Everything happens on one event loop, which is this actor's executor: the calls of the Runtime API reach it from
/// their channel handlers without a hop.
public actor FunctionHost {
  /// What is run.
  public nonisolated let configuration: FunctionConfiguration
  /// Where everything happens.
  public nonisolated let eventLoop: any EventLoop
  /// The event loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  private let log: FunctionLogSink
  private let callerVariables: [String: String]
  var environments: [Int: ExecutionEnvironment] = [:]
  private var processes: [Int: Task<Void, Never>] = [:]
  private var lastEnvironment = 0
  private var isShutDown = false

  /// Makes a host; no process is started before the first event.
  ///
  /// - Parameters:
  ///   - log: is given each line that the function prints, on the event loop.
  public init(
    _ configuration: FunctionConfiguration, eventLoop: any EventLoop, log: @escaping FunctionLogSink = { _ in }
  ) throws(FunctionConfigurationError) {
    let reserved = configuration.environment.keys.filter(FunctionEnvironment.isReserved).sorted()
    guard reserved.isEmpty else {
      throw FunctionConfigurationError(
        function: configuration.name,
        reason:
          "its environment sets what Lambda reserves: \(reserved.joined(separator: ", ")). Rename these variables.")
    }
    guard !configuration.command.isEmpty else {
      throw FunctionConfigurationError(function: configuration.name, reason: "it has no command to run.")
    }
    self.configuration = configuration
    self.eventLoop = eventLoop
    self.log = log
    self.callerVariables = FunctionEnvironment.caller()
  }

  /// Runs the function once and waits for what comes of it.
  public func invoke(_ invocation: Invocation) async -> InvocationResult {
    await withCheckedContinuation { continuation in
      submit(invocation) { continuation.resume(returning: $0) }
    }
  }

  /// Runs the function once; `complete` is called on the event loop.
  func submit(_ invocation: Invocation, complete: @escaping @Sendable (InvocationResult) -> Void) {
    let work = ExecutionEnvironment.Work(invocation: invocation, complete: complete)
    if let id = environments.first(where: { $0.value.isFree })?.key {
      give(work, to: id)
    } else if environments.count < configuration.maximumConcurrency, !isShutDown {
      start(for: work, initTimeout: configuration.initTimeout)
    } else {
      complete(InvocationResult(requestID: invocation.requestID, outcome: .throttled))
    }
  }

  /// Ends all environments: SIGTERM, and SIGKILL for what is still there after their grace.
  public func shutdown() async {
    isShutDown = true
    for environment in environments.values {
      if let pid = environment.pid { kill(-pid, SIGTERM) }
    }
    let last = eventLoop.scheduleTask(in: TimeAmount(configuration.terminationGrace)) {
      self.assumeIsolated { host in
        for environment in host.environments.values {
          if let pid = environment.pid { kill(-pid, SIGKILL) }
        }
      }
    }
    for process in processes.values { await process.value }
    last.cancel()
  }

  // MARK: - Environments

  private func start(for work: ExecutionEnvironment.Work, initTimeout: Duration) {
    lastEnvironment += 1
    let id = lastEnvironment
    var environment = ExecutionEnvironment(
      logStream: "local/[$LATEST]\(RandomID.hex(32))", initialization: .init(started: .now()))
    environment.assigned = work
    environment.initialization.timeout = eventLoop.scheduleTask(in: TimeAmount(initTimeout)) {
      self.assumeIsolated { $0.initTimedOut(id, after: initTimeout) }
    }
    environments[id] = environment
    processes[id] = Task {
      await runProcess(id, logStream: environment.logStream)
      processes[id] = nil
    }
  }

  private func runProcess(_ id: Int, logStream: String) async {
    if let problem = configuration.problem { return ended(id, .failure(StartFailure(reason: problem))) }
    do {
      let (output, outputChannel) = try await ProcessOutput.open(on: eventLoop) { line in
        self.assumeIsolated { $0.printed(line, by: id) }
      }
      let runtimeAPI = CollectedRequests(maximumBodyBytes: RuntimeAPICall.maximumStreamBytes) { request, exchange in
        self.assumeIsolated { $0.runtimeCall(request, exchange, environment: id) }
      }
      let server: HTTPServer
      do {
        server = try await HTTPServer.listen(host: "127.0.0.1", port: 0, eventLoop: eventLoop, responder: runtimeAPI)
      } catch {
        try? output.close()
        throw error
      }
      let variables = FunctionEnvironment.variables(
        of: configuration, runtimeAPI: "127.0.0.1:\(server.port)", logStream: logStream, caller: callerVariables)
      let outcome: Result<FunctionProcess.Termination, any Error>
      do {
        outcome = .success(
          try await FunctionProcess.run(configuration, variables: variables, output: output) { await self.runs(id, $0) }
        )
      } catch {
        outcome = .failure(error)
      }
      // What the process printed last is still in the pipe; a grandchild that holds it open is not waited for.
      let drained = eventLoop.scheduleTask(in: .milliseconds(50)) { outputChannel.close(promise: nil) }
      try? await outputChannel.closeFuture.get()
      drained.cancel()
      await server.shutdown()
      ended(id, outcome)
    } catch {
      ended(id, .failure(error))
    }
  }

  private func runs(_ id: Int, _ pid: pid_t) {
    environments[id]?.pid = pid
    // It came too late to be told with the others, or its time was up before it began.
    if isShutDown || environments[id] == nil { kill(-pid, SIGKILL) }
  }

  private func printed(_ line: String, by id: Int) {
    let running = environments[id]?.running?.work.invocation
    if running?.wantsLogTail == true { environments[id]?.logTail.append(line) }
    log(FunctionLogLine(function: configuration.name, requestID: running?.requestID, source: .function, text: line))
  }

  private func ended(_ id: Int, _ outcome: Result<FunctionProcess.Termination, any Error>) {
    guard let environment = environments.removeValue(forKey: id) else { return }
    environment.initialization.timeout?.cancel()
    guard let work = environment.running?.work ?? environment.assigned else { return }
    let requestID = work.invocation.requestID
    let body =
      switch outcome {
      case .success(let termination): FunctionError.exited(termination, requestID: requestID)
      case .failure(let error): FunctionError.notStarted("\(error)", requestID: requestID)
      }
    // An environment that ended between two events took nothing of the next one: another one can have it.
    if environment.running == nil, environment.state.phase == .answered {
      submit(work.invocation, complete: work.complete)
    } else {
      finish(environment, work, with: .functionError(body))
    }
  }

  /// Ends an environment whose event has been answered in its place. Its slot is free at once.
  func discard(_ id: Int) {
    guard let environment = environments.removeValue(forKey: id) else { return }
    environment.initialization.timeout?.cancel()
    if let pid = environment.pid { kill(-pid, SIGKILL) }
  }

  private func initTimedOut(_ id: Int, after: Duration) {
    guard let environment = environments[id], environment.state.phase == .initializing else { return }
    discard(id)
    guard let work = environment.assigned else { return }
    if after == configuration.initTimeout, configuration.timeout > after {
      // Lambda runs the initialisation again inside the invocation, as long as the function's own time-out allows.
      start(for: work, initTimeout: configuration.timeout)
    } else {
      finish(
        environment, work,
        with: .functionError(
          FunctionError.timedOut(requestID: work.invocation.requestID, after: configuration.timeout)))
    }
  }

  // MARK: - Events

  private func give(_ work: ExecutionEnvironment.Work, to id: Int) {
    environments[id]?.assigned = work
    deliver(id)
    guard environments[id]?.assigned != nil else { return }
    // The runtime has answered and is about to ask for the next event; one that never does has run out of time.
    let requestID = work.invocation.requestID
    eventLoop.scheduleTask(in: TimeAmount(configuration.timeout)) {
      self.assumeIsolated { $0.neverAsked(id, requestID) }
    }
  }

  private func neverAsked(_ id: Int, _ requestID: String) {
    guard let environment = environments[id], let work = environment.assigned,
      work.invocation.requestID == requestID
    else { return }
    discard(id)
    finish(
      environment, work,
      with: .functionError(FunctionError.timedOut(requestID: requestID, after: configuration.timeout)))
  }

  /// Sends the assigned event to the runtime that waits for one.
  func deliver(_ id: Int) {
    guard var environment = environments[id], let poller = environment.poller, let work = environment.assigned,
      environment.state.phase == .waiting
    else { return }
    let nonce = RandomID.uuid()
    let timeout = eventLoop.scheduleTask(in: TimeAmount(configuration.timeout)) {
      self.assumeIsolated { $0.timedOut(id, nonce: nonce) }
    }
    environment.state.deliver(requestID: work.invocation.requestID, nonce: nonce)
    environment.assigned = nil
    environment.poller = nil
    environment.running = .init(work: work, started: .now(), timeout: timeout)
    if work.invocation.wantsLogTail {
      environment.logTail = LogTail()
      environment.logTail.append("START RequestId: \(work.invocation.requestID) Version: $LATEST")
    }
    environments[id] = environment
    poller.deliver(work.invocation, to: configuration, nonce: nonce)
  }

  private func timedOut(_ id: Int, nonce: String) {
    guard let environment = environments[id], let running = environment.running,
      environment.state.phase == .invoking(requestID: running.work.invocation.requestID, nonce: nonce)
    else { return }
    discard(id)
    let requestID = running.work.invocation.requestID
    finish(
      environment, running.work,
      with: .functionError(FunctionError.timedOut(requestID: requestID, after: configuration.timeout)))
  }

  /// Answers the caller with what the runtime posted.
  func answered(_ id: Int, with outcome: InvocationResult.Outcome) {
    guard let environment = environments[id], let running = environment.running else { return }
    guard !running.work.invocation.wantsLogTail else {
      // What the function printed before it answered may still be in its pipe: one more turn of the loop reads it.
      eventLoop.scheduleTask(in: .milliseconds(2)) {
        self.assumeIsolated { $0.complete(id, with: outcome) }
      }
      return
    }
    complete(id, with: outcome)
  }

  private func complete(_ id: Int, with outcome: InvocationResult.Outcome) {
    guard let environment = environments[id], let running = environment.running else { return }
    environments[id]?.running = nil
    environments[id]?.initialization.duration = nil
    finish(environment, running.work, with: outcome)
    deliver(id)
  }

  private func finish(
    _ environment: ExecutionEnvironment, _ work: ExecutionEnvironment.Work, with outcome: InvocationResult.Outcome
  ) {
    environment.running?.timeout.cancel()
    let duration = environment.running.map { .now() - $0.started } ?? TimeAmount.zero
    work.complete(
      InvocationResult(
        requestID: work.invocation.requestID, outcome: outcome,
        logTail: work.invocation.wantsLogTail ? logTail(of: environment, work, duration) : nil,
        duration: .nanoseconds(duration.nanoseconds)))
  }

  private func logTail(
    of environment: ExecutionEnvironment, _ work: ExecutionEnvironment.Work, _ duration: TimeAmount
  ) -> ByteBuffer {
    let report = InvocationReport(
      requestID: work.invocation.requestID, duration: duration, initDuration: environment.initialization.duration,
      memorySizeMB: configuration.memorySizeMB, pid: environment.pid)
    return ByteBuffer(bytes: report.end(of: environment.logTail))
  }
}

private struct StartFailure: Error, CustomStringConvertible {
  let reason: String
  var description: String { reason }
}
