import NIOCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension FunctionHost {
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
        host: "127.0.0.1", port: 0, eventLoop: eventLoop, limits: .runtime,
        responder: RuntimeEndpoint(host: self, environment: id))
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
    // With several invocations at once, a line may be any of theirs.
    for requestID in environment.tails.keys { environment.tails[requestID]?.append(line) }
    if isManaged || environment.tails.isEmpty {
      for requestID in environment.running.keys { environment.running[requestID]?.log?.append(line) }
    }
    let requestID = environment.running.count > 1 ? nil : environment.lastRequestID
    log(FunctionLogLine(function: configuration.name, requestID: requestID, source: .function, text: line))
  }

  /// Says something about the function in its log.
  nonisolated func report(_ text: String, _ requestID: String?) {
    log(FunctionLogLine(function: configuration.name, requestID: requestID, source: .emulator, text: text))
  }

  private func ended(_ environment: ExecutionEnvironment, _ end: FunctionProcess.Termination) {
    if !environment.isEnding || !environment.running.isEmpty { report(end.description, environment.running.keys.first) }
    failEverything(of: environment) { FunctionError.exited(end, requestID: $0) }
  }

  private func couldNotStart(_ environment: ExecutionEnvironment, _ reason: String) {
    report("Cannot be started: \(reason)", nil)
    failEverything(of: environment) { FunctionError.notStarted(reason, requestID: $0) }
  }

  /// What an environment works on, or would have, ends with it.
  private func failEverything(of environment: ExecutionEnvironment, with body: (String) -> ByteBuffer) {
    if environment.isStarting, let call = waiting.popFirst() { fail(call, with: body(call.requestID)) }
    for requestID in environment.running.keys {
      let error = isShutDown ? FunctionError.stopped(requestID) : body(requestID)
      finish(environment, requestID, with: .functionError(error))
    }
  }

  /// Forgets an environment, and starts another one if calls still wait.
  func remove(_ environment: ExecutionEnvironment) {
    retire(environment)
    environment.timer?.task.cancel()
    environment.timer = nil
    environments[environment.id] = nil
    provideEnvironments(countingReturning: true)
  }

  /// Gives an environment nothing more to do and ends its process, with the whole group.
  func end(_ environment: ExecutionEnvironment) {
    retire(environment)
    if environment.isAttached { remove(environment) } else { terminate(environment) }
  }

  private func retire(_ environment: ExecutionEnvironment) {
    environment.phase = .ending
    environment.polls.removeAll()
    isNotIdle(environment)
  }

  func terminate(_ environment: ExecutionEnvironment) {
    guard let process = environment.processID, !environment.isTerminated else { return }
    environment.isTerminated = true
    kill(-process, SIGTERM)
    setDeadline(of: environment, to: .now() + TimeAmount(configuration.terminationGrace))
  }
}

extension Duration {
  /// Whole milliseconds.
  var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}

private struct Unusable: Error, CustomStringConvertible {
  let description: String
}
