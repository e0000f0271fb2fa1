import NIOCore
import NIOPosix
import TestSupport

@testable import LocalLambda

/// The echo function behind an HTTP API and a URL of its own, for the time of one test.
struct GatewayFixture: Sendable {
  let host: FunctionHost
  let gateway: OneShotClient
  let functionURL: OneShotClient

  static func run(
    api: HTTPAPIConfiguration = HTTPAPIConfiguration(), url: FunctionURLConfiguration = FunctionURLConfiguration(),
    routes: [String] = ["$default"], format: PayloadFormat = .version2, patience: Duration = HTTPRoute.maximumTimeout,
    functionTimeout: Duration = .seconds(20), maximumConcurrency: Int = 10,
    command: [String] = [BuiltProducts.program("echo-function")], _ body: (GatewayFixture) async throws -> Void
  ) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let host = try FunctionHost(
      FunctionConfiguration(
        name: "echo", command: command, workingDirectory: "/", timeout: functionTimeout,
        maximumConcurrency: maximumConcurrency),
      eventLoop: loop)
    let gateway = try await HTTPGateway(
      port: 0, api: api,
      routes: try routes.map { try HTTPRoute($0, to: host, format: format, timeout: patience) }, eventLoop: loop)
    let functionURL = try await FunctionURL(port: 0, configuration: url, function: host, eventLoop: loop)
    let fixture = GatewayFixture(
      host: host, gateway: try OneShotClient(url: "http://127.0.0.1:\(gateway.port)"),
      functionURL: try OneShotClient(url: "http://127.0.0.1:\(functionURL.port)"))
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(fixture)) } catch { outcome = .failure(error) }
    await functionURL.shutdown()
    await gateway.shutdown()
    await host.shutdown()
    try outcome.get()
  }
}

extension OneShotClient.Response {
  /// The names of the header fields, in lower case.
  var names: [String] { headers.map { $0.name.lowercased() } }
}
