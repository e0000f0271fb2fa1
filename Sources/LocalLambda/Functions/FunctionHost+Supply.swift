import NIOCore

extension FunctionHost {
  /// Starts environments for the calls that wait.
  ///
  /// A poller that has just answered polls again in a moment and needs no other one beside it; but it is not waited for
  /// long.
  func provideEnvironments(countingReturning: Bool) {
    guard !waiting.isEmpty, !isShutDown else { return }
    let usable = environments.values.filter { !$0.isEnding }
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
    recheck = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(25)) { [weak self] in
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
    if environment.isEnding { return }
    environment.deadline = nil
    while !environment.polls.isEmpty, let call = waiting.popFirst() { deliver(call, to: environment) }
    guard !environment.polls.isEmpty, !environment.isIdle else { return }
    environment.isIdle = true
    idle.append(environment)
  }

  /// An environment has no poll left that waits.
  func isNotIdle(_ environment: ExecutionEnvironment) {
    guard environment.isIdle else { return }
    environment.isIdle = false
    if idle.last === environment { idle.removeLast() } else { idle.removeAll { $0 === environment } }
  }
}
