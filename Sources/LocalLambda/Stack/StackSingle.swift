internal import NIOCore
internal import NIOPosix

/// One function without a template: its APIs, and HTTP in front of it when asked for.
public struct SingleFunction: Sendable {
  /// Invoke API, and Runtime API for a runtime that is started by hand.
  public let lambdaURL: String
  /// The HTTP gateway, if there is to be one.
  public let gatewayURL: String?

  /// Serves the function while the body runs.
  public static func run(
    _ configuration: FunctionConfiguration, host: String = "127.0.0.1", port: Int, httpPort: Int? = nil,
    report: @escaping @Sendable (StackEvent) -> Void = { _ in }, _ body: (SingleFunction) async throws -> Void
  ) async throws {
    let parts = StackParts()
    do {
      let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      await parts.add { try? await group.shutdownGracefully() }
      let loop = group.any()
      let function = try FunctionHost(configuration, eventLoop: loop) { report(.function($0)) }
      await parts.add { await function.shutdown() }
      let lambda = try await StackContext.listening("Lambda's APIs", flag: "--port") {
        try await LambdaServer(host: host, port: port, functions: [function], attached: function, eventLoop: loop)
      }
      await parts.add { await lambda.shutdown() }
      var gatewayURL: String?
      if let httpPort {
        let gateway = try await StackContext.listening("HTTP", flag: "--http-port") {
          try await HTTPGateway(
            host: host, port: httpPort, routes: [HTTPRoute("$default", to: function)], eventLoop: loop)
        }
        await parts.add { await gateway.shutdown() }
        gatewayURL = "http://\(host):\(gateway.port)"
      }
      try await body(SingleFunction(lambdaURL: "http://\(host):\(lambda.port)", gatewayURL: gatewayURL))
    } catch {
      await parts.stop()
      throw error
    }
    await parts.stop()
  }
}
