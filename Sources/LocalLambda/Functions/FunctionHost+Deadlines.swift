import NIOCore

extension FunctionHost {
  /// Sets when what an environment does besides invocations has to be over.
  func setDeadline(of environment: ExecutionEnvironment, to deadline: NIODeadline) {
    environment.deadline = deadline
    arm(environment, for: deadline)
  }

  /// A poll that waited is gone, with nothing to do: whoever made it has the time of an invocation to make another one,
  /// for nobody can be served until then.
  func expectPoll(of environment: ExecutionEnvironment) {
    guard case .serving = environment.phase else { return }
    setDeadline(of: environment, to: .now() + TimeAmount(configuration.timeout))
  }

  /// Sees to it that a timer fires at a deadline. One that fires earlier is kept: then it looks again. So the usual
  /// invocation, which ends long before its time, sets none.
  func arm(_ environment: ExecutionEnvironment, for deadline: NIODeadline) {
    if let timer = environment.timer, timer.at <= deadline { return }
    environment.timer?.task.cancel()
    let id = environment.id
    let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] () -> Void in
      self?.assumeIsolated { $0.timerFired(id) }
    }
    environment.timer = (deadline, task)
  }

  private func timerFired(_ id: ExecutionEnvironment.ID) {
    guard let environment = environments[id] else { return }
    environment.timer = nil
    let now = NIODeadline.now()
    for work in environment.running.values where work.deadline <= now { invocationTookTooLong(environment, work) }
    if let deadline = environment.deadline, deadline <= now {
      environment.deadline = nil
      deadlinePassed(environment)
    }
    if environments[id] === environment, let next = environment.nextDeadline { arm(environment, for: next) }
  }

  private func invocationTookTooLong(_ environment: ExecutionEnvironment, _ work: ExecutionEnvironment.Work) {
    if work.isBrokenOff { return finishBrokenOff(environment, work.requestID) }
    if environment.isEnding, !isManaged {
      // It is being ended for another reason, and how it ends will be the answer.
      environment.running[work.requestID]?.deadline = .distantFuture
      return
    }
    report("Task timed out after \(FunctionError.seconds(configuration.timeout)) seconds", work.requestID)
    environment.runtime.timeOut(work.requestID)
    finish(
      environment, work.requestID,
      with: .functionError(FunctionError.timedOut(requestID: work.requestID, after: configuration.timeout)),
      ending: .timeout)
    // On managed instances the worker goes on, and its late answer is refused.
    if isManaged || environment.isEnding { return }
    environment.shutdownReason = "timeout"
    end(environment)
    provideEnvironments(countingReturning: true)
  }

  private func deadlinePassed(_ environment: ExecutionEnvironment) {
    if let failure = environment.extensionFailure, !environment.isEnding {
      return extensionFailed(environment, type: failure, "the extension that reported it did not exit")
    }
    switch environment.phase {
    case .starting: initTookTooLong(environment)
    case .serving:
      let who = environment.polls.isEmpty ? "The runtime" : "An extension"
      report("\(who) did not ask for the next event in time", environment.lastRequestID)
      environment.shutdownReason = "timeout"
      end(environment)
      provideEnvironments(countingReturning: true)
    case .ending:
      if environment.isTerminated, let process = environment.processID {
        FunctionProcess.signal(process, .kill)
      } else {
        terminate(environment)
      }
    }
  }

  /// Lambda begins init anew, then inside the invocation and with the function's time-out.
  private func initTookTooLong(_ environment: ExecutionEnvironment) {
    let limit = environment.isSecondInit ? configuration.timeout : configuration.initTimeout
    report("Init took longer than \(FunctionError.seconds(limit)) seconds", nil)
    environment.shutdownReason = "timeout"
    reportFailedInit(of: environment, .timeout)
    if environment.isSecondInit {
      failNextCall(of: environment, ending: .timeout) {
        FunctionError.timedOut(requestID: $0, after: configuration.timeout)
      }
      end(environment)
    } else {
      isSpareInVain = waiting.isEmpty
      end(environment)
      if !waiting.isEmpty { startEnvironment(isSecondInit: true) }
    }
    provideEnvironments(countingReturning: true)
  }
}
