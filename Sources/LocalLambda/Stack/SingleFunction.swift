internal import NIOCore
internal import NIOPosix

/// One function without a template: its APIs, and HTTP in front of it when asked for.
public struct SingleFunction: Sendable {
  /// Invoke API, and Runtime API for a runtime that is started by hand.
  public let lambdaURL: String
  /// The HTTP gateway, if there is to be one.
  public let gatewayURL: String?
  /// The function's own address, if it is to have one.
  public let functionURL: String?

  /// What is to be in front of the function besides Lambda's APIs; port 0 takes any free one.
  public struct HTTP: Sendable {
    /// The HTTP gateway's port; nil for none.
    public var gatewayPort: Int?
    /// How the gateway's events look.
    public var format = PayloadFormat.version2
    /// The function URL's port; nil for none.
    public var functionURLPort: Int?
    /// How the function URL answers.
    public var functionURL = FunctionURLConfiguration()

    /// Nothing, until something is said.
    public init() {}
  }

  /// Serves the function while the body runs.
  public static func run(
    _ configuration: FunctionConfiguration, host: String = "127.0.0.1", port: Int, http: HTTP = HTTP(),
    asynchronousInvocations: AsynchronousInvocationPolicy = AsynchronousInvocationPolicy(),
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
        try await LambdaServer(
          host: host, port: port, functions: [function], attached: function,
          asynchronousInvocations: asynchronousInvocations, eventLoop: loop)
      }
      await parts.add { await lambda.shutdown() }
      var gatewayURL: String?
      if let port = http.gatewayPort {
        let gateway = try await StackContext.listening("HTTP", flag: "--http-port") {
          try await HTTPGateway(
            host: host, port: port, routes: [HTTPRoute("$default", to: function, format: http.format)], eventLoop: loop)
        }
        await parts.add { await gateway.shutdown() }
        gatewayURL = LocalAddress.url(host: host, port: gateway.port)
      }
      var functionURL: String?
      if let port = http.functionURLPort {
        let server = try await StackContext.listening("The function URL", flag: "--function-url-port") {
          try await FunctionURL(
            host: host, port: port, configuration: http.functionURL, function: function, eventLoop: loop)
        }
        await parts.add { await server.shutdown() }
        functionURL = LocalAddress.url(host: host, port: server.port) + "/"
      }
      // Once more, and so first of all: who waits for an answer gets one, while there is a connection for it.
      await parts.add { await function.shutdown() }
      try await body(
        SingleFunction(
          lambdaURL: LocalAddress.url(host: host, port: lambda.port), gatewayURL: gatewayURL, functionURL: functionURL))
    } catch {
      await parts.stop()
      throw error
    }
    await parts.stop()
  }
}
