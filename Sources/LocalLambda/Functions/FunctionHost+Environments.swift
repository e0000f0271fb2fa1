import NIOCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension FunctionHost {
  // MARK: Work

  /// Hands a call to an environment whose poll waits.
  func deliver(_ call: ExecutionEnvironment.Call, to environment: ExecutionEnvironment) {
    let now = NIODeadline.now()
    let work = ExecutionEnvironment.Work(
      call: call, nonce: String(UInt64.random(in: .min ... .max), radix: 16), startedAt: now,
      deadlineMilliseconds: WallClock.milliseconds() + configuration.timeout.milliseconds,
      initDuration: environment.initDuration.take(),
      log: call.invocation.wantsLogTail ? LogTail(requestID: call.requestID) : nil)
    environment.work = work
    environment.lastRequestID = call.requestID
    environment.runtime.deliver(.init(requestID: call.requestID, nonce: work.nonce))
    setDeadline(of: environment, to: now + TimeAmount(configuration.timeout))
    let poll = environment.poll.take()
    poll?.respond(event(of: work))
  }

  /// An environment polls: it gets what has waited longest, or waits.
  func becameIdle(_ environment: ExecutionEnvironment) {
    if environment.isEnding { return }
    environment.deadline = nil
    if let call = waiting.popFirst() {
      deliver(call, to: environment)
    } else if !idle.contains(where: { $0 === environment }) {
      idle.append(environment)
    }
  }

  /// An environment's invocation is over: its caller is answered.
  func finish(_ environment: ExecutionEnvironment, with outcome: InvocationResult.Outcome, timedOut: Bool = false) {
    guard let work = environment.work.take() else { return }
    callsInFlight -= 1
    let duration = NIODeadline.now() - work.startedAt
    var result = InvocationResult(
      requestID: work.call.requestID, outcome: outcome, duration: .nanoseconds(duration.nanoseconds))
    if let answer = work.answer {
      result.isStreamed = answer.stream != nil
      answer.exchange.resumeBody()
    }
    guard let log = work.log else { return work.call.complete(result) }
    // What the function wrote before it answered is in its pipe, but may not be read yet: after this turn of the event
    // loop it is.
    environment.tail = log
    let report = InvocationReport(
      requestID: work.call.requestID, duration: duration, initDuration: work.initDuration,
      memorySizeMB: configuration.memorySizeMB,
      maximumMemoryUsedMB: environment.processID.map { InvocationReport.peakMemoryMB(of: $0) } ?? 0, timedOut: timedOut)
    eventLoop.assumeIsolated().execute { [result] in
      var result = result
      var tail = environment.tail.take() ?? log
      if timedOut {
        tail.append(
          "\(work.call.requestID) Task timed out after \(FunctionError.seconds(self.configuration.timeout)) seconds")
      }
      result.logTail = tail.finish(report)
      work.call.complete(result)
    }
  }

  /// A call that no environment took ends with an error.
  func fail(_ call: ExecutionEnvironment.Call, with body: ByteBuffer) {
    callsInFlight -= 1
    var result = InvocationResult(requestID: call.requestID, outcome: .functionError(body))
    if call.invocation.wantsLogTail {
      var tail = LogTail(requestID: call.requestID)
      result.logTail = tail.finish(
        InvocationReport(
          requestID: call.requestID, duration: .zero, initDuration: nil, memorySizeMB: configuration.memorySizeMB,
          maximumMemoryUsedMB: 0))
    }
    call.complete(result)
  }

  // MARK: Init

  /// The first poll.
  func initEnded(_ environment: ExecutionEnvironment) {
    guard case .starting(let since) = environment.phase else { return }
    environment.phase = .serving
    environment.initDuration = NIODeadline.now() - since
  }

  /// The environment cannot start; the call that has waited longest is told why.
  func initFailed(_ environment: ExecutionEnvironment, with body: ByteBuffer) {
    guard environment.isStarting else { return }
    environment.phase = .ending
    if let call = waiting.popFirst() { fail(call, with: body) }
    provideEnvironments(countingReturning: true)
    if environment.isAttached { return remove(environment) }
    // It ends by itself, and has a moment to say why in the log.
    setDeadline(of: environment, to: .now() + .milliseconds(300))
  }

  // MARK: The process

  /// Runs an environment's process from start to end.
  func run(_ id: ExecutionEnvironment.ID) async {
    guard let environment = environments[id] else { return }
    var server: HTTPServer?
    do {
      if let problem = configuration.problem { throw Unusable(description: problem) }
      let listener = try await HTTPServer.listen(
        host: "127.0.0.1", port: 0, eventLoop: eventLoop, responder: RuntimeEndpoint(host: self, environment: id))
      server = listener
      let variables = FunctionEnvironment.variables(
        of: configuration, runtimeAPI: "127.0.0.1:\(listener.port)", logStream: LogStreamName.make(),
        caller: callerVariables)
      let (output, channel) = try await ProcessOutput.open(on: eventLoop) { line in
        self.assumeIsolated { $0.wrote(line, id) }
      }
      let end: FunctionProcess.Termination
      do {
        end = try await FunctionProcess.run(configuration, variables: variables, output: output) {
          await self.started(id, process: $0)
        }
      } catch {
        try? await channel.close()
        throw error
      }
      environment.processID = nil
      await drain(channel)
      ended(environment, end)
    } catch {
      couldNotStart(environment, String(describing: error))
    }
    remove(environment)
    await server?.shutdown()
  }

  /// Waits until what the process printed last is read. A descendant that left its group may hold the pipe open: it is
  /// not waited for.
  private func drain(_ output: any Channel) async {
    let timer = eventLoop.scheduleTask(in: .milliseconds(50)) { output.close(promise: nil) }
    try? await output.closeFuture.get()
    timer.cancel()
  }

  private func started(_ id: ExecutionEnvironment.ID, process: Int32) {
    guard let environment = environments[id] else { return }
    environment.processID = process
    if environment.isEnding { terminate(environment) }
  }

  private func wrote(_ line: String, _ id: ExecutionEnvironment.ID) {
    guard let environment = environments[id] else { return }
    if environment.tail != nil {
      environment.tail?.append(line)
    } else {
      environment.work?.log?.append(line)
    }
    log(
      FunctionLogLine(
        function: configuration.name, requestID: environment.lastRequestID, source: .function, text: line))
  }

  /// Says something about the function in its log.
  nonisolated func report(_ text: String, _ requestID: String?) {
    log(FunctionLogLine(function: configuration.name, requestID: requestID, source: .emulator, text: text))
  }

  private func ended(_ environment: ExecutionEnvironment, _ end: FunctionProcess.Termination) {
    let wasEnding = environment.isEnding
    let requestID = environment.work?.call.requestID
    if !wasEnding || requestID != nil { report(end.description, requestID) }
    if let requestID {
      finish(
        environment,
        with: .functionError(
          isShutDown ? FunctionError.stopped(requestID) : FunctionError.exited(end, requestID: requestID)))
    } else if environment.isStarting, let call = waiting.popFirst() {
      fail(call, with: FunctionError.exited(end, requestID: call.requestID))
    }
  }

  private func couldNotStart(_ environment: ExecutionEnvironment, _ reason: String) {
    report("Cannot be started: \(reason)", nil)
    if let requestID = environment.work?.call.requestID {
      finish(environment, with: .functionError(FunctionError.notStarted(reason, requestID: requestID)))
    } else if environment.isStarting, let call = waiting.popFirst() {
      fail(call, with: FunctionError.notStarted(reason, requestID: call.requestID))
    }
  }

  /// Forgets an environment, and starts another one if calls still wait.
  func remove(_ environment: ExecutionEnvironment) {
    environment.phase = .ending
    environment.timer?.task.cancel()
    environment.timer = nil
    environment.poll = nil
    idle.removeAll { $0 === environment }
    environments[environment.id] = nil
    provideEnvironments(countingReturning: true)
  }

  /// Gives an environment nothing more to do and ends its process: SIGTERM, a grace, SIGKILL, to the whole group.
  func end(_ environment: ExecutionEnvironment) {
    environment.phase = .ending
    environment.poll = nil
    idle.removeAll { $0 === environment }
    if environment.isAttached { remove(environment) } else { terminate(environment) }
  }

  private func terminate(_ environment: ExecutionEnvironment) {
    guard let process = environment.processID, !environment.isTerminated else { return }
    environment.isTerminated = true
    kill(-process, SIGTERM)
    setDeadline(of: environment, to: .now() + TimeAmount(configuration.terminationGrace))
  }

  // MARK: Time

  /// Sets when what the environment does has to be over. The timer that runs is kept if it fires earlier: then it looks
  /// again. So the usual invocation, which ends long before its time, sets none.
  func setDeadline(of environment: ExecutionEnvironment, to deadline: NIODeadline) {
    environment.deadline = deadline
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
    guard let deadline = environment.deadline else { return }
    if deadline > .now() {
      setDeadline(of: environment, to: deadline)
    } else {
      environment.deadline = nil
      deadlinePassed(environment)
    }
  }

  private func deadlinePassed(_ environment: ExecutionEnvironment) {
    switch environment.phase {
    case .starting: initTookTooLong(environment)
    case .serving:
      if environment.work?.isBrokenOff == true { return finishBrokenOff(environment) }
      if let work = environment.work {
        let requestID = work.call.requestID
        report("Task timed out after \(FunctionError.seconds(configuration.timeout)) seconds", requestID)
        finish(
          environment, with: .functionError(FunctionError.timedOut(requestID: requestID, after: configuration.timeout)),
          timedOut: true)
      } else {
        report("Did not ask for the next event in time after its answer", environment.lastRequestID)
      }
      end(environment)
      provideEnvironments(countingReturning: true)
    case .ending:
      if environment.isTerminated, let process = environment.processID {
        kill(-process, SIGKILL)
      } else {
        terminate(environment)
      }
    }
  }

  /// Lambda begins init anew, then inside the invocation and with the function's time-out.
  private func initTookTooLong(_ environment: ExecutionEnvironment) {
    let limit = environment.isSecondInit ? configuration.timeout : configuration.initTimeout
    report("Init took longer than \(FunctionError.seconds(limit)) seconds", nil)
    end(environment)
    if !environment.isSecondInit {
      if !waiting.isEmpty { startEnvironment(isSecondInit: true) }
    } else if let call = waiting.popFirst() {
      fail(call, with: FunctionError.timedOut(requestID: call.requestID, after: configuration.timeout))
    }
    provideEnvironments(countingReturning: true)
  }
}

extension Duration {
  /// Whole milliseconds.
  var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}

private struct Unusable: Error, CustomStringConvertible {
  let description: String
}
