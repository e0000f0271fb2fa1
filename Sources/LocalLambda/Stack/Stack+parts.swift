internal import FoundationEssentials
internal import NIOCore
internal import Subprocess
internal import SystemPackage

/// What every part of a stack is started with.
struct StackContext: Sendable {
  let configuration: StackConfiguration
  let plan: StackPlan
  let parts: StackParts
  let loop: any EventLoop
  let report: @Sendable (StackEvent) -> Void

  /// The queues with their server.
  struct Queues: Sendable {
    let service: QueueService
    let url: String
  }

  func startQueues(in directory: String?) async throws -> Queues? {
    guard plan.needsQueues else { return nil }
    report(.starting("queues"))
    let account = plan.template.account
    let service = try await Self.opening { () async throws(QueueStorageError) in
      try await QueueService(
        eventLoop: loop, region: account.region, accountID: account.accountID,
        storage: directory.map { .directory($0 + "/queues") } ?? .memory)
    }
    await parts.add { await service.shutdown() }
    for queue in plan.queuesInOrder {
      do {
        try await service.declare(plan.declaration(of: queue))
      } catch {
        throw StackError(
          TemplateError(
            file: plan.template.path, line: queue.line, what: "\(queue.logicalID): \(error.message)",
            advice: "Correct the queue's properties"))
      }
    }
    let server = try await Self.listening("the queues", flag: "--sqs-port") {
      try await QueueServer(service: service, host: configuration.host, port: configuration.sqsPort)
    }
    await parts.add { await server.shutdown() }
    report(.started("queues", server.url))
    return Queues(service: service, url: server.url)
  }

  func startModel() async throws -> String {
    let report = report
    let model = try await Self.listening("the model stand-in", flag: "--host") {
      try await LanguageModelStandIn.start(host: configuration.host) { report(.model($0)) }
    }
    await parts.add { await model.shutdown() }
    report(.started("model stand-in", model.baseURL))
    return model.baseURL
  }

  func startDatabase(in directory: String?) async throws -> String {
    report(.starting("PostgreSQL"))
    do {
      let server = try await PrivatePostgreSQL.start(dataDirectory: directory.map { $0 + "/postgres" })
      await parts.add { await server.stop() }
      report(.started("PostgreSQL", ""))
      return server.url
    } catch {
      throw StackError(
        .unavailable, "\(error). Or set DATABASE_URL to use another database.")
    }
  }

  func startFunction(_ function: FunctionResource, _ endpoints: StackPlan.Endpoints) async throws -> FunctionHost {
    let program = try FunctionProgram(function, configuration)
    let variables = try plan.variables(of: function, endpoints)
    // Only a database of our own is ever prepared; somebody else's is theirs.
    if endpoints.databaseURL != nil, variables["DATABASE_URL"] == endpoints.databaseURL {
      for verb in function.prepare { try await prepare(function, program, verb, variables) }
    }
    let report = report
    var hosted = FunctionConfiguration(
      name: function.name, command: [program.path], workingDirectory: program.directory, environment: variables,
      timeout: .seconds(function.timeout), memorySizeMB: function.memorySize,
      maximumConcurrency: function.reservedConcurrency ?? 10, handler: function.handler,
      identity: plan.template.account)
    hosted.policy = configuration.environmentPolicy
    hosted.logging = function.logging
    hosted.details = function.details
    hosted.eventInvoke = function.eventInvoke.map(plan.eventInvoke)
    hosted.deadLetterTargetARN = function.deadLetterQueue.flatMap(plan.arn)
    let host: FunctionHost
    do {
      host = try FunctionHost(hosted, eventLoop: loop) { report(.function($0)) }
    } catch {
      throw StackError(
        TemplateError(
          file: plan.template.path, line: function.line, what: "\(function.logicalID): \(error.reason)", advice: ""))
    }
    await parts.add { await host.shutdown() }
    report(.started(function.name, ""))
    return host
  }

  func route(_ route: HTTPRouteResource, to host: FunctionHost) throws(StackError) -> HTTPRoute {
    do {
      return try HTTPRoute(
        route.routeKey, to: host, format: route.format,
        timeout: route.timeout.map { .milliseconds($0) } ?? HTTPRoute.maximumTimeout)
    } catch {
      throw StackError(
        TemplateError(
          file: plan.template.path, line: route.line, what: error.description, advice: "Correct Path and Method"))
    }
  }

  /// Serves an HTTP API; the second of the stack gets the port behind the first one's.
  func startGateway(_ api: HTTPAPIResource, _ routes: [String: [HTTPRoute]], number: Int) async throws -> String {
    let first = configuration.httpPort
    let name = plan.apis.count == 1 ? "the HTTP gateway" : "the HTTP API \(api.logicalID)"
    let gateway = try await Self.listening(name, flag: "--http-port") {
      try await HTTPGateway(
        host: configuration.host, port: first == 0 ? 0 : first + number, api: api.configuration,
        routes: routes[api.logicalID] ?? [], eventLoop: loop)
    }
    await parts.add { await gateway.shutdown() }
    let url = LocalAddress.url(host: configuration.host, port: gateway.port)
    report(.started(plan.apis.count == 1 ? "HTTP gateway" : api.logicalID, url + api.configuration.basePath))
    return url
  }

  /// Gives a function its address; the second of the stack gets the port behind the first one's.
  func startFunctionURL(
    _ url: FunctionURLConfiguration, of function: FunctionResource, _ host: FunctionHost, number: Int
  ) async throws -> String {
    let first = configuration.functionURLPort
    let server = try await Self.listening("\(function.name)'s URL", flag: "--function-url-port") {
      try await FunctionURL(
        host: configuration.host, port: first == 0 ? 0 : first + number, configuration: url, function: host,
        eventLoop: loop)
    }
    await parts.add { await server.shutdown() }
    let address = LocalAddress.url(host: configuration.host, port: server.port) + "/"
    report(.started("\(function.name)'s URL", address))
    return address
  }

  func startLambda(
    _ functions: [FunctionHost], _ queues: Queues?, _ mappings: EventSourceMappings
  ) async throws -> String {
    let server = try await Self.listening("Lambda's APIs", flag: "--port") {
      try await LambdaServer(
        host: configuration.host, port: configuration.lambdaPort, functions: functions, queues: queues?.service,
        mappings: mappings, asynchronousInvocations: configuration.asynchronousInvocations, eventLoop: loop)
    }
    await parts.add { await server.shutdown() }
    let url = LocalAddress.url(host: configuration.host, port: server.port)
    report(.started("Lambda's APIs", url))
    return url
  }

  /// Queues that cannot be opened are wrongly configured: their folder is no such, or is damaged.
  static func opening(_ open: () async throws(QueueStorageError) -> QueueService) async throws -> QueueService {
    do throws(QueueStorageError) {
      return try await open()
    } catch {
      throw StackError(.configuration, "the queues cannot be opened: \(error)")
    }
  }

  /// Names what to change when a port is taken.
  static func listening<Server>(_ what: String, flag: String, _ start: () async throws -> Server)
    async throws -> Server
  {
    do {
      return try await start()
    } catch let error as ListenError {
      guard error.isAddressInUse else { throw StackError(.unavailable, "\(what): \(error)") }
      throw StackError(
        .unavailable,
        "\(what) cannot be served: port \(error.port) on \(error.host) is taken by another program. "
          + "Stop that program, or choose another port with \(flag) (0 takes any free one).")
    }
  }

  private func prepare(
    _ function: FunctionResource, _ program: FunctionProgram, _ verb: String, _ variables: [String: String]
  ) async throws {
    report(.starting("\(function.name) \(verb)"))
    let inherited = ["PATH", "HOME", "LANG"].reduce(into: [String: String]()) { $0[$1] = configuration.environment[$1] }
    let environment = inherited.merging(variables) { $1 }
    let result = try await Subprocess.run(
      .path(FilePath(program.path)), arguments: Arguments([verb]),
      environment: .custom(
        environment.reduce(into: [:]) { $0[Environment.Key(stringLiteral: $1.key)] = $1.value }),
      workingDirectory: FilePath(program.directory), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    guard result.terminationStatus.isSuccess else {
      let said = [result.standardOutput, result.standardError].compactMap { $0?.trimmed }.filter { !$0.isEmpty }
      throw StackError(
        .failed,
        "`\(function.handler) \(verb)` failed (\(result.terminationStatus)): \(said.joined(separator: "\n")). "
          + "If its data can go, remove the state folder; otherwise correct the models.")
    }
    report(.started("\(function.name) \(verb)", ""))
  }
}

/// Where a function's program is: `bootstrap` in its `CodeUri` folder, else the one that `Handler` names, beside
/// `lambda-local`.
struct FunctionProgram: Sendable {
  let path: String
  let directory: String

  init(_ function: FunctionResource, _ configuration: StackConfiguration) throws(StackError) {
    let base = configuration.template.path.lastIndex(of: "/").map { String(configuration.template.path[..<$0]) } ?? "."
    let folder = function.codeURI.map { $0.hasPrefix("/") ? $0 : "\(base)/\($0)" } ?? base
    let candidates = [(folder, "bootstrap"), (configuration.programDirectory, function.handler)]
    for (folder, name) in candidates where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
      let absolute = folder.hasPrefix("/") ? folder : FileManager.default.currentDirectoryPath + "/" + folder
      (path, directory) = ("\(absolute)/\(name)", absolute)
      return
    }
    let places = candidates.map { "\($0)/\($1)" }.joined(separator: " nor ")
    throw StackError(
      TemplateError(
        file: configuration.template.path, line: function.line,
        what: "the program of \(function.name) is not there: neither \(places)",
        advice: "Build it, for example with `swift build -c release`"))
  }
}

extension StackPlan {
  /// Dead-letter queues first: SQS wants to know them before they are named.
  var queuesInOrder: [QueueResource] {
    let targets = Set(template.queues.compactMap { $0.redrive?.deadLetterQueue })
    return template.queues.filter { targets.contains($0.logicalID) }
      + template.queues.filter { !targets.contains($0.logicalID) }
  }

  /// The ARN of what is told of `Event` calls.
  func arn(of target: EventTargetResource) -> String? {
    if let queue = template.queue(target.logicalID) { return template.account.queueARN(queue.name) }
    return template.functions.first { $0.logicalID == target.logicalID }.map { template.account.functionARN($0.name) }
  }

  func eventInvoke(_ resource: EventInvokeResource) -> EventInvokeConfiguration {
    EventInvokeConfiguration(
      maximumRetryAttempts: resource.maximumRetryAttempts, maximumEventAge: resource.maximumEventAge,
      onSuccess: resource.onSuccess.flatMap(arn), onFailure: resource.onFailure.flatMap(arn))
  }

  func declaration(of queue: QueueResource) -> QueueConfiguration {
    var attributes = queue.attributes
    if let redrive = queue.redrive, let target = template.queue(redrive.deadLetterQueue) {
      let arn = template.account.queueARN(target.name)
      attributes["RedrivePolicy"] = #"{"deadLetterTargetArn":"\#(arn)","maxReceiveCount":\#(redrive.maxReceiveCount)}"#
    }
    return QueueConfiguration(name: queue.name, attributes: attributes)
  }
}
