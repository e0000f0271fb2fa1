import NIOCore

extension FunctionHost {
  /// Hands a call to an environment of which a poll waits.
  func deliver(_ call: ExecutionEnvironment.Call, to environment: ExecutionEnvironment) {
    let poll = environment.polls.popFirst()
    endLine(of: environment)
    thaw(environment)
    let now = NIODeadline.now()
    let work = ExecutionEnvironment.Work(
      call: call, nonce: RandomID.hex(16), startedAt: now,
      deadline: now + TimeAmount(configuration.timeout),
      deadlineMilliseconds: WallClock.milliseconds() + configuration.timeout.milliseconds,
      initDuration: environment.initDuration.take(),
      log: call.invocation.wantsLogTail ? LogTail(requestID: call.requestID) : nil,
      traceID: call.invocation.traceID ?? TraceID.make())
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
    // It has to poll again in the same time; with concurrency it is not known which poll would be that.
    if !isManaged { environment.deadline = work.deadline }
    let duration = NIODeadline.now() - work.startedAt
    hasAnswered = true
    defer { keepSpare() }
    runtimeDone(work, outcome, timedOut: ending == .timeout, duration, of: environment)
    var result = InvocationResult(
      requestID: requestID, outcome: outcome, duration: .nanoseconds(duration.nanoseconds))
    if let answer = work.answer {
      result.isStreamed = answer.stream != nil
      answer.exchange.resumeBody()
    }
    guard let log = work.log else { return work.call.complete(result) }
    // What the function wrote before it answered is in its pipe, but may not be read yet: after this turn of the event
    // loop it is.
    environment.tails[requestID] = log
    let report = InvocationReport(
      requestID: requestID, duration: duration, initDuration: work.initDuration,
      memorySizeMB: configuration.memorySizeMB,
      maximumMemoryUsedMB: environment.processID.map { InvocationReport.peakMemoryMB(of: $0) } ?? 0, ending: ending)
    eventLoop.assumeIsolated().execute { [result] in
      var result = result
      self.endLine(of: environment)
      var tail = environment.tails.removeValue(forKey: requestID) ?? log
      result.logTail = tail.finish(report, timeout: self.configuration.timeout)
      work.call.complete(result)
    }
  }

  /// What was printed without the end of its line belongs to the invocation that ends. Of several at once it may be
  /// any other's, which goes on with the line.
  private func endLine(of environment: ExecutionEnvironment) {
    if !isManaged { environment.output?.endLine() }
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
          maximumMemoryUsedMB: 0), timeout: configuration.timeout)
    }
    call.complete(result)
  }
}
