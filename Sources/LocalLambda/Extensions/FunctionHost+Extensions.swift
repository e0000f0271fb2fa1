import JSON
import NIOCore
import NIOHTTP1
import Subprocess

extension FunctionHost {
  /// Answers a call of the Extensions API.
  func answer(
    _ call: ExtensionCall, _ request: ServerRequest, of environment: ExecutionEnvironment, on exchange: HTTPExchange
  ) {
    do throws(ExtensionError) {
      switch call {
      case .register: try register(request, with: environment, on: exchange)
      case .next: try answerNext(of: try identifier(request), environment, on: exchange)
      case .initError: try answerFailure(.initError, request, of: environment, on: exchange)
      case .exitError: try answerFailure(.exitError, request, of: environment, on: exchange)
      case .telemetry: try subscribe(.telemetry, request, of: environment, on: exchange)
      case .logs: try subscribe(.logs, request, of: environment, on: exchange)
      case .wrongMethod: exchange.respond(ServerResponse(.methodNotAllowed))
      }
    } catch {
      exchange.refuse(error)
    }
  }

  /// Who calls.
  func identifier(_ request: ServerRequest) throws(ExtensionError) -> String {
    guard let id = request["lambda-extension-identifier"], !id.isEmpty else {
      throw ExtensionError(.missingExtensionIdentifier, "Missing Lambda-Extension-Identifier header")
    }
    let isUUID =
      id.utf8.count == 36
      && id.utf8.enumerated().allSatisfy { index, byte in
        [8, 13, 18, 23].contains(index)
          ? byte == UInt8(ascii: "-") : UnicodeScalar(byte).properties.isASCIIHexDigit
      }
    guard isUUID else { throw ExtensionError(.invalidExtensionIdentifier, "Invalid Lambda-Extension-Identifier") }
    return id.lowercased()
  }

  private func register(
    _ request: ServerRequest, with environment: ExecutionEnvironment, on exchange: HTTPExchange
  ) throws(ExtensionError) {
    let name = request["lambda-extension-name"] ?? ""
    guard !name.isEmpty else { throw ExtensionError(.invalidExtensionName, "Empty extension name") }
    let body: JSONValue
    do { body = try JSONValue(parsing: request.body.readableBytesView) } catch {
      throw ExtensionError(.invalidRequestFormat, "\(error)")
    }
    let registered = try environment.extensions.register(name, events: try Self.events(body))
    var answer: JSONObject = [
      "functionName": .string(configuration.name), "functionVersion": "$LATEST",
      "handler": .string(configuration.handler),
    ]
    let features = request["lambda-extension-accept-feature"]?.split(separator: ",").map { $0.filter { $0 != " " } }
    if features?.contains("accountId") == true { answer["accountId"] = .string(configuration.identity.accountID) }
    exchange.respond(
      .ok, json: JSONValue.object(answer).serialized + "\n",
      headers: ["Lambda-Extension-Identifier": registered.id])
    if environment.extensions.areRegistered { environment.whenRegistered.take()?.resume() }
  }

  /// What an extension that registers wants to be told of: an array of words, or nothing.
  private static func events(_ body: JSONValue) throws(ExtensionError) -> [String] {
    guard body.objectValue != nil else {
      throw ExtensionError(.invalidRequestFormat, "A registration is a JSON object")
    }
    guard let events = body["events"], events != .null else { return [] }
    guard let values = events.arrayValue, case let names = values.compactMap(\.stringValue), names.count == values.count
    else { throw ExtensionError(.invalidRequestFormat, "events is an array of strings") }
    return names
  }

  private func answerNext(
    of id: String, _ environment: ExecutionEnvironment, on exchange: HTTPExchange
  ) throws(ExtensionError) {
    try environment.extensions.poll(id)
    if let deadline = environment.shutdownDeadline, !environment.toldOfShutdown.contains(id) {
      // It was still at work when the others were told of the end.
      return sendShutdown(to: id, deadline, on: exchange, of: environment)
    }
    // Also while the environment ends: the extensions are told once the runtime's process is gone, and nothing follows.
    environment.extensionPolls[id] = exchange
    exchange.onClose { [weak self, environment = environment.id] in
      self?.assumeIsolated { $0.extensionPollLost(id, of: environment) }
    }
    if environment.isStarting, let one = environment.extensions[id] { initialised(one, of: environment) }
    becameIdle(environment)
  }

  private func extensionPollLost(_ id: String, of environment: ExecutionEnvironment.ID) {
    guard let environment = environments[environment], environment.extensionPolls[id] != nil else { return }
    environment.extensionPolls[id] = nil
    environment.extensions.pollLost(id)
    isNotIdle(environment)
    if environment.running.isEmpty { expectPoll(of: environment) }
  }

  private func answerFailure(
    _ failure: ExtensionRegistry.Failure, _ request: ServerRequest, of environment: ExecutionEnvironment,
    on exchange: HTTPExchange
  ) throws(ExtensionError) {
    let id = try identifier(request)
    guard let type = request["lambda-extension-function-error-type"], !type.isEmpty else {
      throw ExtensionError(.missingHeader, "Lambda-Extension-Function-Error-Type not found")
    }
    try environment.extensions.fail(id, failure)
    exchange.accepted()
    guard environment.extensionFailure == nil, !environment.isEnding else { return }
    let name = environment.extensions[id]?.name ?? ""
    let kind = failure == .initError ? "Extension.InitError" : "Extension.ExitError"
    environment.extensionFailure = kind
    report("Extension \(name) reported \(type)", environment.running.keys.first)
    isNotIdle(environment)
    if environment.isAttached { return extensionFailed(environment, type: kind, "extension \(name) reported \(type)") }
    // It exits now, and how it does so is what the caller is told.
    setDeadline(of: environment, to: .now() + TimeAmount(configuration.policy.shutdownBudget.external))
  }

  /// An extension failed: the environment ends with it, and so does what it works on.
  ///
  /// The bodies are those that Lambda answers with: `RequestId: … Error: exit status 3`.
  func extensionFailed(_ environment: ExecutionEnvironment, type: String, _ reason: String) {
    guard !environment.isEnding else { return }
    environment.shutdownReason = "failure"
    failEverything(of: environment, type: type, reason: reason)
    end(environment)
    provideEnvironments(countingReturning: true)
  }

  // MARK: Events

  /// Tells those who want to know that an invocation begins.
  func extensionsBegin(_ work: ExecutionEnvironment.Work, _ environment: ExecutionEnvironment) {
    invocationBegins(work.requestID, in: environment)
    for one in environment.extensions.extensions where one.events.contains(.invoke) {
      guard let exchange = environment.extensionPolls.removeValue(forKey: one.id) else { continue }
      environment.extensions.deliver(to: one.id)
      let event: JSONValue = [
        "eventType": "INVOKE", "deadlineMs": .integer(work.deadlineMilliseconds),
        "requestId": .string(work.requestID),
        "invokedFunctionArn": .string(work.call.invocation.qualifiedARN ?? arn),
        "tracing": ["type": "X-Amzn-Trace-Id", "value": .string(work.traceID)],
      ]
      exchange.respond(
        .ok, json: event.serialized, headers: ["Lambda-Extension-Event-Identifier": RandomID.uuid()])
    }
  }

  private func sendShutdown(
    to id: String, _ deadline: Int64, on exchange: HTTPExchange, of environment: ExecutionEnvironment
  ) {
    environment.extensions.deliver(to: id)
    environment.toldOfShutdown.insert(id)
    let event: JSONValue = [
      "eventType": "SHUTDOWN", "deadlineMs": .integer(deadline),
      "shutdownReason": .string(environment.shutdownReason),
    ]
    exchange.respond(.ok, json: event.serialized)
  }

  /// Ends the external extensions: those that asked to be told are, and have until the deadline; the others are killed.
  func shutDownExtensions(of environment: ExecutionEnvironment) async {
    guard !environment.extensionTasks.isEmpty else { return }
    let elapsed = NIODeadline.now() - environment.shutdownStart
    let left = configuration.policy.shutdownBudget.extensions(after: .nanoseconds(elapsed.nanoseconds))
    let deadline = WallClock.milliseconds() + left.milliseconds
    environment.shutdownDeadline = deadline
    let timer = killExtensions(of: environment.id, in: left)
    thaw(environment)
    for one in environment.extensions.extensions where one.isExternal {
      if one.events.contains(.shutdown) {
        guard let exchange = environment.extensionPolls.removeValue(forKey: one.id) else { continue }
        sendShutdown(to: one.id, deadline, on: exchange, of: environment)
      } else if let process = environment.extensionProcesses[one.name] {
        FunctionProcess.signal(process, .kill)
      }
    }
    for task in environment.extensionTasks { await task.value }
    timer.cancel()
  }

  private func killExtensions(of id: ExecutionEnvironment.ID, in time: Duration) -> Scheduled<Void> {
    eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] () -> Void in
      self?.assumeIsolated { $0.killExtensions(of: id) }
    }
  }

  private func killExtensions(of id: ExecutionEnvironment.ID) {
    guard let environment = environments[id] else { return }
    environment.areExtensionsKilled = true
    for process in environment.extensionProcesses.values { FunctionProcess.signal(process, .kill) }
  }

  // MARK: Processes

  /// Starts the external extensions and waits until all of them have registered, or the environment is to end.
  func startExtensions(_ programs: [ExtensionProgram], of environment: ExecutionEnvironment, runtimeAPI: String) async {
    guard !programs.isEmpty else { return }
    guard programs.count <= ExtensionRegistry.limit else {
      report("There are \(programs.count) extensions, and \(ExtensionRegistry.limit) is the limit", nil)
      return extensionFailed(environment, type: "Extension.LaunchError", "ErrTooManyExtensions")
    }
    environment.extensions = ExtensionRegistry(external: programs.map(\.name), isManaged: isManaged)
    let variables = FunctionEnvironment.extensionVariables(
      of: configuration, runtimeAPI: runtimeAPI, metadataToken: environment.metadataToken, caller: callerVariables)
    let id = environment.id
    environment.extensionTasks = programs.map { program in
      Task { await self.run(program, of: id, variables: variables) }
    }
    await withCheckedContinuation { continuation in
      if environment.isEnding || environment.extensions.areRegistered {
        continuation.resume()
      } else {
        environment.whenRegistered = continuation
      }
    }
  }

  private func run(
    _ program: ExtensionProgram, of id: ExecutionEnvironment.ID, variables: [String: String]
  ) async {
    let command = FunctionProcess.Command(
      program: program.path, arguments: [], directory: configuration.workingDirectory, variables: variables)
    do {
      let (output, channel) = try await ProcessOutput.open(on: eventLoop) { line in
        self.assumeIsolated { $0.wrote(line, extension: program.name, id) }
      }
      let end: FunctionProcess.Termination
      do {
        end = try await FunctionProcess.run(command, output: output) { await self.started(program.name, of: id, $0) }
      } catch {
        try? await channel.close()
        throw error
      }
      environments[id]?.extensionProcesses[program.name] = nil
      await drain(channel)
      guard let environment = environments[id], !environment.isEnding else { return }
      let status = if case .exited(0) = end { "exit code 0" } else { end.status }
      report("Extension \(program.name) ended: \(status)", environment.running.keys.first)
      extensionFailed(environment, type: environment.extensionFailure ?? "Extension.Crash", status)
    } catch {
      guard let environment = environments[id], !environment.isEnding else { return }
      let reason = (error as? SubprocessError)?.underlyingError.map { "\($0)" } ?? "\(error)"
      report("Extension \(program.name) cannot be started: \(reason)", nil)
      extensionFailed(environment, type: "Extension.LaunchError", "fork/exec \(program.path): \(reason)")
    }
  }

  private func started(_ name: String, of id: ExecutionEnvironment.ID, _ process: Int32) {
    guard let environment = environments[id] else { return FunctionProcess.signal(process, .kill) }
    environment.extensionProcesses[name] = process
    // Whoever has not registered when the environment ends is not told of the end.
    let isRegistered = environment.extensions.extensions.contains { $0.name == name && $0.state != .started }
    if environment.areExtensionsKilled || (environment.isEnding && !isRegistered) {
      FunctionProcess.signal(process, .kill)
    }
  }
}
