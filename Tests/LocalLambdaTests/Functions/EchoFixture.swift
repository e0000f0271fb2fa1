import JSON
import NIOCore
import NIOPosix
import TestSupport

@testable import LocalLambda

/// The echo function behind the Lambda API and the gateway, for the time of one test.
struct EchoFixture: Sendable {
  let host: FunctionHost
  let lambda: OneShotClient
  let gateway: OneShotClient
  let lambdaPort: Int
  let gatewayPort: Int

  static func run(
    timeout: Duration = .seconds(20), initTimeout: Duration = .seconds(10), maximumConcurrency: Int = 10,
    environment: [String: String] = [:],
    command: [String] = [BuiltProducts.program("echo-function")], workingDirectory: String = "/",
    routes: [String] = ["$default"], attached: Bool = false,
    retries: AsynchronousInvocationPolicy = AsynchronousInvocationPolicy(),
    policy: EnvironmentPolicy = EnvironmentPolicy(), log: @escaping FunctionLogSink = { _ in },
    _ body: (EchoFixture) async throws -> Void
  ) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    var configuration = FunctionConfiguration(
      name: "echo", command: command, workingDirectory: workingDirectory, environment: environment, timeout: timeout,
      maximumConcurrency: maximumConcurrency)
    configuration.policy = policy
    configuration.initTimeout = initTimeout
    let host = try FunctionHost(configuration, eventLoop: loop, log: log)
    let server = try await LambdaServer(
      port: 0, functions: [host], attached: attached ? host : nil, asynchronousInvocations: retries, eventLoop: loop)
    let gateway = try await HTTPGateway(
      port: 0, routes: try routes.map { try HTTPRoute($0, to: host) }, eventLoop: loop)
    let fixture = EchoFixture(
      host: host, lambda: try OneShotClient(url: "http://127.0.0.1:\(server.port)"),
      gateway: try OneShotClient(url: "http://127.0.0.1:\(gateway.port)"), lambdaPort: server.port,
      gatewayPort: gateway.port)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(fixture)) } catch { outcome = .failure(error) }
    await gateway.shutdown()
    await server.shutdown()
    await host.shutdown()
    try outcome.get()
  }

  func invoke(
    _ payload: String, function: String = "echo", headers: [(String, String)] = []
  ) async throws -> OneShotClient.Response {
    try await lambda.send(
      "POST", "/2015-03-31/functions/\(function)/invocations", headers: headers, body: Array(payload.utf8))
  }
}

extension OneShotClient.Response {
  var text: String { String(decoding: body, as: UTF8.self) }
  var json: JSONValue? { try? JSONValue(parsing: body) }
}

extension FunctionHost {
  var environmentCount: Int { environments.count }
  var idleCount: Int { idle.count }
  var processIDs: [Int32] { environments.values.compactMap(\.processID) }
  var runningCount: Int { environments.values.reduce(0) { $0 + $1.running.count } }
  var pollCount: Int { environments.values.reduce(0) { $0 + $1.polls.count } }
  var allProcessIDs: [Int32] {
    processIDs + environments.values.flatMap { $0.extensionProcesses.values }
  }
  var isWorking: Bool { environments.values.contains { !$0.running.isEmpty } }
}
