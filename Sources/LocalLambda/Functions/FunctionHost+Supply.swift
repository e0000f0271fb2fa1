import NIOCore

extension FunctionHost {
  /// Starts environments for the calls that wait.
  ///
  /// A poller that has just answered polls again in a moment and needs no other one beside it; but it is not waited for
  /// long.
  func provideEnvironments(countingReturning: Bool) {
    guard !waiting.isEmpty, !isShutDown else { return }
    // A runtime that was attached by hand may stand in a debugger before its first poll, or be gone: it is not counted on.
    let usable = environments.values.filter { !$0.isEnding && !($0.isAttached && $0.isStarting) }
    let returning = usable.reduce(0) { $0 + $1.returningPolls }
    let coming = usable.count(where: \.isStarting) * slots
    let missing = waiting.count - coming - (countingReturning ? returning : 0)
    let room = configuration.maximumConcurrency - usable.count
    let started = max(0, min((missing + slots - 1) / slots, room))
    for _ in 0..<started { startEnvironment() }
    if countingReturning, returning > 0 {
      checkAgain()
    } else if isManaged {
      // Whoever no poller will come for is told so: the pollers may all be busy with what took too long.
      while waiting.count > coming + started * slots, let call = waiting.popLast() {
        callsInFlight -= 1
        call.complete(throttled(call.requestID))
      }
    }
  }

  private func checkAgain() {
    guard recheck == nil else { return }
    // On managed instances what follows is a refusal.
    let delay = TimeAmount.milliseconds(isManaged ? 500 : 25)
    recheck = eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in
      self?.assumeIsolated {
        $0.recheck = nil
        $0.provideEnvironments(countingReturning: false)
      }
    }
  }

  /// Nobody is free.
  func throttled(_ requestID: String) -> InvocationResult {
    var result = InvocationResult(requestID: requestID, outcome: .throttled)
    result.isRuntimeUnavailable = isManaged
    return result
  }

  /// Starts an environment.
  func startEnvironment(isSecondInit: Bool = false) {
    lastEnvironment += 1
    let environment = ExecutionEnvironment(
      id: lastEnvironment, slots: slots, isConcurrent: isManaged, isSecondInit: isSecondInit)
    environments[environment.id] = environment
    let limit = isSecondInit ? configuration.timeout : configuration.initTimeout
    setDeadline(of: environment, to: .now() + TimeAmount(limit))
    let id = environment.id
    environment.task = Task { await self.run(id) }
  }

  // MARK: Idle environments

  /// A poll came in, or something else that an environment waited for: it gets what has waited longest, or is idle.
  func becameIdle(_ environment: ExecutionEnvironment) {
    guard !environment.isEnding, environment.takesMore else { return }
    if environment.isStarting { initEnded(environment) }
    if environment.running.isEmpty { emitReports(of: environment) }
    environment.deadline = nil
    while environment.takesMore, let call = waiting.popFirst() { deliver(call, to: environment) }
    guard environment.takesMore else { return }
    environment.idleSince = .now()
    guard !environment.isIdle else { return }
    // It was ready before anybody called: nobody's invocation had to wait for its init.
    environment.initDuration = nil
    environment.isIdle = true
    idle.append(environment)
    if retirement == nil { checkIdle(after: TimeAmount(configuration.policy.idleTimeout)) }
    freeze(environment)
  }

  /// An environment has no poll left that waits, or is not to get anything else.
  func isNotIdle(_ environment: ExecutionEnvironment) {
    guard environment.isIdle else { return }
    environment.isIdle = false
    if idle.last === environment { idle.removeLast() } else { idle.removeAll { $0 === environment } }
  }

  private func checkIdle(after delay: TimeAmount) {
    retirement = eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] () -> Void in
      self?.assumeIsolated { $0.endIdle() }
    }
  }

  /// Ends the environments that have been idle for too long. One timer serves them all.
  private func endIdle() {
    retirement = nil
    let limit = TimeAmount(configuration.policy.idleTimeout)
    let now = NIODeadline.now()
    for environment in idle where environment.isUnused && environment.idleSince + limit <= now { end(environment) }
    // One that has work besides its free poll counts from now.
    let since = idle.filter { !$0.isAttached }.map { $0.isUnused ? $0.idleSince : now }
    if let oldest = since.min() { checkIdle(after: oldest + limit - now) }
  }

  // MARK: A spare

  /// Starts one environment more than is busy. Nothing is started for a function that was never called, nor again and
  /// again if its second environment cannot start.
  func keepSpare() {
    guard configuration.policy.keepsSpare, hasAnswered, idle.isEmpty,
      environments.count < configuration.maximumConcurrency,
      waiting.isEmpty, !isSpareInVain, !isShutDown,
      !environments.values.contains(where: { $0.isStarting || $0.isAttached })
    else { return }
    startEnvironment()
  }

  // MARK: Freezing

  /// Stops the processes of an environment that has nothing to do.
  private func freeze(_ environment: ExecutionEnvironment) {
    guard configuration.policy.freezes, !isManaged, let process = environment.processID else { return }
    environment.isFrozen = true
    for process in [process] + environment.extensionProcesses.values { FunctionProcess.signal(process, .stop) }
  }

  /// Lets the processes of an environment go on.
  func thaw(_ environment: ExecutionEnvironment) {
    guard environment.isFrozen else { return }
    environment.isFrozen = false
    for process in [environment.processID].compactMap(\.self) + environment.extensionProcesses.values {
      FunctionProcess.signal(process, .continue)
    }
    flushTelemetry(of: environment)
  }
}
