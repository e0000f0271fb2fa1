import NIOCore

extension FunctionHost {
  /// Hands a call to an environment of which a poll waits.
  func deliver(_ call: ExecutionEnvironment.Call, to environment: ExecutionEnvironment) {
    let poll = environment.polls.popFirst()
    endLine(of: environment)
    thaw(environment)
    let initDuration = environment.initDuration.take()
    // An init that was begun anew belongs to the invocation that waited for it, and takes of its time.
    let includesInit = environment.isSecondInit && initDuration != nil
    let start = includesInit ? environment.startedAt : .now()
    let startMilliseconds = includesInit ? environment.startedAtMilliseconds : WallClock.milliseconds()
    let work = ExecutionEnvironment.Work(
      call: call, nonce: RandomID.hex(16), startedAt: start,
      deadline: start + TimeAmount(configuration.timeout),
      deadlineMilliseconds: startMilliseconds + configuration.timeout.milliseconds,
      initDuration: includesInit ? nil : initDuration,
      log: call.invocation.wantsLogTail ? LogTail() : nil,
      traceID: TraceID.complete(call.invocation.traceID))
    environment.running[call.requestID] = work
    environment.lastRequestID = call.requestID
    environment.runtime.deliver(.init(requestID: call.requestID, nonce: work.nonce))
    if !environment.takesMore { isNotIdle(environment) }
    arm(environment, for: work.deadline)
    poll?.exchange.respond(event(of: work))
    if !environment.extensions.extensions.isEmpty { extensionsBegin(work, environment) }
    keepSpare()
  }

  /// An invocation is over: its caller is answered.
  func finish(
    _ environment: ExecutionEnvironment, _ requestID: String, with outcome: InvocationResult.Outcome,
    ending: InvocationReport.Ending? = nil
  ) {
    guard let work = environment.running.removeValue(forKey: requestID) else { return }
    callsInFlight -= 1
    // It has to poll again in the same time; with concurrency it is not known which poll would be that. One that is being
    // ended has to be gone when it has to be gone, whatever it still answers.
    if !isManaged, !environment.isEnding { environment.deadline = work.deadline }
    let duration = NIODeadline.now() - work.startedAt
    hasAnswered = true
    defer { keepSpare() }
    runtimeDone(
      requestID, outcome, type: work.reportedErrorType, timedOut: ending == .timeout, duration,
      initDuration: work.initDuration, of: environment)
    var result = InvocationResult(
      requestID: requestID, outcome: outcome, duration: .nanoseconds(duration.nanoseconds))
    if let answer = work.answer {
      result.isStreamed = answer.stream != nil
      answer.exchange.resumeBody()
    }
    complete(work.call, with: result, log: work.log, initDuration: work.initDuration, ending: ending, of: environment)
  }

  /// An environment could not start: the call that has waited longest ends with an error.
  ///
  /// Lambda begins init anew inside that invocation: what init prints, the time that it takes, and how it ends, are the
  /// invocation's.
  func failNextCall(
    of environment: ExecutionEnvironment, ending: InvocationReport.Ending?,
    with body: (_ requestID: String) -> ByteBuffer
  ) {
    isSpareInVain = waiting.isEmpty
    guard let call = waiting.popFirst() else { return }
    callsInFlight -= 1
    let duration = NIODeadline.now() - environment.startedAt
    let result = InvocationResult(
      requestID: call.requestID, outcome: .functionError(body(call.requestID)),
      duration: .nanoseconds(duration.nanoseconds))
    invocationBegins(call.requestID, in: environment)
    runtimeDone(call.requestID, result.outcome, timedOut: ending == .timeout, duration, of: environment)
    let log = call.invocation.wantsLogTail ? environment.initLog : nil
    complete(call, with: result, log: log, ending: ending, of: environment)
  }

  /// Answers a caller, with the end of the log if it is to have that.
  private func complete(
    _ call: ExecutionEnvironment.Call, with result: InvocationResult, log: LogTail?, initDuration: TimeAmount? = nil,
    ending: InvocationReport.Ending?, of environment: ExecutionEnvironment
  ) {
    guard let log else { return call.complete(result) }
    // What the function wrote before it answered is in its pipe, but may not be read yet: after this turn of the event
    // loop it is.
    let requestID = call.requestID
    environment.tails[requestID] = log
    let report = InvocationReport(
      requestID: requestID, duration: TimeAmount(result.duration), initDuration: initDuration,
      memorySizeMB: configuration.memorySizeMB,
      maximumMemoryUsedMB: environment.processID.map { InvocationReport.peakMemoryMB(of: $0) } ?? 0, ending: ending)
    eventLoop.assumeIsolated().execute {
      var result = result
      self.endLine(of: environment)
      var tail = environment.tails.removeValue(forKey: requestID) ?? log
      result.logTail = tail.finish(report, timeout: self.configuration.timeout)
      call.complete(result)
    }
  }

  /// What was printed without the end of its line belongs to the invocation that ends. Of several at once it may be
  /// any other's, which goes on with the line.
  private func endLine(of environment: ExecutionEnvironment) {
    if !isManaged { environment.output?.endLine() }
  }
}
