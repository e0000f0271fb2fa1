internal import NIOCore
internal import NIOPosix

/// A template, served on this machine: functions, HTTP gateway, queues, and what they need beside.
///
/// ```swift
/// let template = try Template(path: "template.yaml")
/// let configuration = StackConfiguration(template: template, environment: [:], programDirectory: ".build/release")
/// try await Stack.run(configuration) { stack in
///   print(stack.gatewayURL ?? "no routes")
/// }
/// ```
///
/// The parts are started in the order in which they need each other, and stopped in reverse, whether the body returns,
/// throws or is cancelled.
public struct Stack: Sendable {
  /// The HTTP APIs that something is behind, by their logical ids, in the template's order.
  public var gatewayURLs: [(api: String, url: String)] = []
  /// The functions' own addresses, by name.
  public var functionURLs: [(function: String, url: String)] = []
  /// Lambda's APIs.
  public var lambdaURL = ""
  /// The queue server, if there are queues.
  public var sqsURL: String?
  /// The private database; nil when the environment names another one.
  public var databaseURL: String?
  /// The model stand-in; nil when the environment names a model.
  public var modelURL: String?
  /// The functions, in the template's order.
  public var functionNames: [String] = []
  /// The template's `Outputs` with the addresses that they have here, in its order; those that only AWS knows are not
  /// among them.
  public var outputs: [(name: String, value: String)] = []

  private var hosts: [String: FunctionHost] = [:]

  /// The first HTTP API, and mostly the only one.
  public var gatewayURL: String? { gatewayURLs.first?.url }

  /// Starts a stack, runs the body with it, and stops it.
  public static func run(
    _ configuration: StackConfiguration, report: @escaping @Sendable (StackEvent) -> Void = { _ in },
    _ body: @escaping @Sendable (Stack) async throws -> Void
  ) async throws {
    let plan = try StackPlan(configuration)
    let parts = StackParts()
    do {
      var stack = Stack()
      try await stack.start(configuration, plan, parts, report)
      try await body(stack)
    } catch {
      await parts.stop()
      throw error
    }
    await parts.stop()
  }

  /// Invokes a function by its name.
  public func invoke(_ function: String, _ payload: [UInt8]) async -> InvocationResult? {
    await hosts[function]?.invoke(Invocation(payload: payload))
  }

  // MARK: - Starting

  private mutating func start(
    _ configuration: StackConfiguration, _ plan: StackPlan, _ parts: StackParts,
    _ report: @escaping @Sendable (StackEvent) -> Void
  ) async throws {
    var directory: String?
    if case .directory(let path) = configuration.state {
      let state = try StackState(directory: path)
      await parts.add { state.release() }
      directory = state.directory
    }
    // All of the emulator lives on one event loop: an invocation's exchanges never change threads.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    await parts.add { try? await group.shutdownGracefully() }
    let loop = group.any()
    let context = StackContext(configuration: configuration, plan: plan, parts: parts, loop: loop, report: report)

    if plan.needsDatabase { databaseURL = try await context.startDatabase(in: directory) }
    let queues = try await context.startQueues(in: directory)
    if plan.needsModel { modelURL = try await context.startModel() }
    sqsURL = queues?.url
    var endpoints = StackPlan.Endpoints(databaseURL: databaseURL, sqs: sqsURL, model: modelURL)

    var routes: [String: [HTTPRoute]] = [:]
    for function in plan.functions {
      let called = StackPlan.apisCalled(by: function, plan.template, plan.environment)
      for (number, api) in plan.apis.enumerated()
      where called.contains(api.logicalID) && endpoints.gateways[api.logicalID] == nil {
        endpoints.gateways[api.logicalID] = try await context.startGateway(api, routes, number: number)
      }
      let host = try await context.startFunction(function, endpoints)
      hosts[function.name] = host
      if let url = function.url {
        let address = try await context.startFunctionURL(url, of: function, host, number: functionURLs.count)
        functionURLs.append((function.name, address))
        endpoints.functionURLs[function.logicalID] = address
      }
      for route in function.routes { routes[route.api, default: []].append(try context.route(route, to: host)) }
    }
    for (number, api) in plan.apis.enumerated() {
      let address: String
      if let started = endpoints.gateways[api.logicalID] {
        address = started
      } else {
        address = try await context.startGateway(api, routes, number: number)
      }
      endpoints.gateways[api.logicalID] = address
      gatewayURLs.append((api.logicalID, address + api.configuration.basePath))
    }
    outputs = plan.outputs(endpoints)
    functionNames = plan.template.functions.map(\.name).filter { hosts[$0] != nil }
    let functions = functionNames.compactMap { hosts[$0] }
    let mappings = try context.makeMappings(queues, functions: functions, in: directory)
    lambdaURL = try await context.startLambda(functions, queues, mappings)
    await parts.add { await mappings.shutdown() }
    try await context.startMappings(mappings, queues, hosts: hosts)
  }
}

/// What has been started, to be stopped in reverse.
actor StackParts {
  private var stops: [@Sendable () async -> Void] = []

  func add(_ stop: @escaping @Sendable () async -> Void) { stops.append(stop) }

  /// Stops everything. It is done in a task of its own, so that a cancelled caller does not cut it short.
  func stop() async {
    let stops = stops.reversed()
    self.stops = []
    await Task { for stop in stops { await stop() } }.value
  }
}
