import NIOCore

extension FunctionHost {
  // MARK: Init

  /// The runtime has polled, and all extensions.
  func initEnded(_ environment: ExecutionEnvironment) {
    guard environment.isStarting else { return }
    environment.phase = .serving
    environment.initLog = nil
    isSpareInVain = false
    environment.initDuration = NIODeadline.now() - environment.startedAt
    reportInit(of: environment)
  }

  /// The runtime reported that it cannot start.
  func initFailed(_ environment: ExecutionEnvironment, type: String, with body: ByteBuffer) {
    guard environment.isStarting else { return }
    environment.phase = .ending
    environment.shutdownReason = "failure"
    reportFailedInit(of: environment, .error, type: type)
    failNextCall(of: environment, ending: .initError(type: type)) { _ in body }
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
        host: "127.0.0.1", port: 0, eventLoop: eventLoop, limits: .runtime,
        responder: RuntimeEndpoint(host: self, environment: id))
      server = listener
      let address = "127.0.0.1:\(listener.port)"
      let programs = try configuration.policy.extensionFolder.map(ExtensionProgram.all) ?? []
      await startExtensions(programs, of: environment, runtimeAPI: address)
      if !environment.isEnding { try await runRuntime(of: environment, address) }
    } catch {
      couldNotStart(environment, String(describing: error))
    }
    retire(environment)
    provideEnvironments(countingReturning: true)
    emitReports(of: environment)
    flushTelemetry(of: environment)
    await shutDownExtensions(of: environment)
    remove(environment)
    await server?.shutdown()
  }

  private func runRuntime(of environment: ExecutionEnvironment, _ address: String) async throws {
    let id = environment.id
    let command = FunctionProcess.Command(
      program: configuration.program, arguments: Array(configuration.command.dropFirst()),
      directory: configuration.workingDirectory,
      variables: FunctionEnvironment.variables(
        of: configuration, runtimeAPI: address, metadataToken: environment.metadataToken,
        logStream: LogStreamName.make(), caller: callerVariables))
    let (output, channel) = try await ProcessOutput.open(on: eventLoop) { line in
      self.assumeIsolated { $0.wrote(line, id) }
    }
    environment.output = try? channel.pipeline.syncOperations.handler(type: ProcessOutput.self)
    let end: FunctionProcess.Termination
    do {
      end = try await FunctionProcess.run(command, output: output) { await self.started(id, process: $0) }
    } catch {
      try? await channel.close()
      throw error
    }
    environment.processID = nil
    await drain(channel)
    ended(environment, end)
  }

  /// Waits until what the process printed last is read. A descendant that left its group may hold the pipe open: it is
  /// not waited for.
  func drain(_ output: any Channel) async {
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
    // With several invocations at once, a line may be any of theirs.
    for requestID in environment.tails.keys { environment.tails[requestID]?.append(line) }
    if isManaged || environment.tails.isEmpty {
      for requestID in environment.running.keys { environment.running[requestID]?.log?.append(line) }
    }
    environment.initLog?.append(line)
    emit(.line(line, .function), of: environment)
    let requestID = environment.running.count > 1 ? nil : environment.lastRequestID
    log(FunctionLogLine(function: configuration.name, requestID: requestID, source: .function, text: line))
  }

  func wrote(_ line: String, extension name: String, _ id: ExecutionEnvironment.ID) {
    if let environment = environments[id] { emit(.line(line, .extension), of: environment) }
    log(FunctionLogLine(function: configuration.name, requestID: nil, source: .extension(name), text: line))
  }

  /// Says something about the function in its log.
  nonisolated func report(_ text: String, _ requestID: String?) {
    log(FunctionLogLine(function: configuration.name, requestID: requestID, source: .emulator, text: text))
  }

  private func ended(_ environment: ExecutionEnvironment, _ end: FunctionProcess.Termination) {
    if !environment.isEnding || !environment.running.isEmpty { report(end.description, environment.running.keys.first) }
    if !environment.isEnding { environment.shutdownReason = "failure" }
    // An extension in the process may have told why before it ended.
    let type = environment.extensionFailure ?? "Runtime.ExitError"
    failEverything(of: environment, type: type, reason: end.description)
  }

  private func couldNotStart(_ environment: ExecutionEnvironment, _ reason: String) {
    report("Cannot be started: \(reason)", nil)
    failEverything(of: environment, type: "Runtime.InvalidEntrypoint", reason: reason)
  }

  /// What an environment works on, or would have, ends with it and for the same reason.
  func failEverything(of environment: ExecutionEnvironment, type: String, reason: String) {
    if environment.isStarting { reportFailedInit(of: environment, .failure, type: type) }
    failEverything(of: environment, ending: .failure(type: type, reason: reason)) {
      FunctionError.body(type, "RequestId: \($0) Error: \(reason)")
    }
  }

  private func failEverything(
    of environment: ExecutionEnvironment, ending: InvocationReport.Ending? = nil, with body: (String) -> ByteBuffer
  ) {
    if environment.isStarting { failNextCall(of: environment, ending: ending, with: body) }
    for requestID in environment.running.keys {
      let error = isShutDown ? FunctionError.stopped(requestID) : body(requestID)
      finish(environment, requestID, with: .functionError(error), ending: ending)
    }
  }

  /// Forgets an environment, and starts another one if calls still wait.
  func remove(_ environment: ExecutionEnvironment) {
    retire(environment)
    environment.timer?.task.cancel()
    environment.timer = nil
    stopTelemetry(of: environment)
    environments[environment.id] = nil
    provideEnvironments(countingReturning: true)
  }

  /// Gives an environment nothing more to do and ends its process, with the whole group.
  func end(_ environment: ExecutionEnvironment) {
    retire(environment)
    if environment.isAttached { remove(environment) } else { terminate(environment) }
  }

  private func retire(_ environment: ExecutionEnvironment) {
    if environment.shutdownStart.uptimeNanoseconds == 0 { environment.shutdownStart = .now() }
    environment.phase = .ending
    environment.polls.removeAll()
    isNotIdle(environment)
    environment.whenRegistered.take()?.resume()
  }

  /// Ends the runtime's process in the time that the extensions give it.
  func terminate(_ environment: ExecutionEnvironment) {
    guard let process = environment.processID, !environment.isTerminated else { return }
    environment.isTerminated = true
    let budget = configuration.policy.shutdownBudget.runtime(environment.extensions)
    if budget == .zero {
      FunctionProcess.signal(process, .kill)
    } else {
      FunctionProcess.signal(process, .terminate)
      thaw(environment)
      setDeadline(of: environment, to: .now() + TimeAmount(budget))
    }
  }
}

private struct Unusable: Error, CustomStringConvertible {
  let description: String
}
