public import NIOCore

/// Lambda's API, for any AWS SDK and the AWS CLI: invoke functions, list them.
///
/// With a function to attach to, it also serves that function's Runtime API, for a runtime that somebody starts by hand:
/// in a debugger, say, with `AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001`.
public final class LambdaServer: Sendable {
  private let server: HTTPServer
  private let asynchronous: AsynchronousInvocations

  /// The port that is listened on.
  public var port: Int { server.port }

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - functions: the functions, which run on the same event loop.
  ///   - attached: the function that a runtime started by hand serves.
  ///   - queues: where records of `Event` calls and dead letters may go; on the same event loop, too.
  ///   - asynchronousInvocations: how `Event` calls are retried.
  public convenience init(
    host: String = "127.0.0.1", port: Int, functions: [FunctionHost], attached: FunctionHost? = nil,
    queues: QueueService? = nil, asynchronousInvocations: AsynchronousInvocationPolicy = AsynchronousInvocationPolicy(),
    eventLoop: any EventLoop
  ) async throws(ListenError) {
    try await self.init(
      host: host, port: port, functions: functions, attached: attached, queues: queues, mappings: nil,
      asynchronousInvocations: asynchronousInvocations, eventLoop: eventLoop)
  }

  /// Starts to listen, with event source mappings beside the functions.
  init(
    host: String, port: Int, functions: [FunctionHost], attached: FunctionHost? = nil, queues: QueueService? = nil,
    mappings: EventSourceMappings?,
    asynchronousInvocations: AsynchronousInvocationPolicy = AsynchronousInvocationPolicy(), eventLoop: any EventLoop
  ) async throws(ListenError) {
    asynchronous = AsynchronousInvocations(
      policy: asynchronousInvocations, functions: functions, queues: queues, eventLoop: eventLoop)
    server = try await HTTPServer.listen(
      host: host, port: port, eventLoop: eventLoop, limits: attached == nil ? HTTPLimits() : .runtime,
      responder: InvokeAPI(
        functions: functions, attached: attached, asynchronous: asynchronous, mappings: mappings))
  }

  /// Stops listening; `Event` calls that wait for a retry are given up.
  public func shutdown() async {
    await server.shutdown()
    await asynchronous.shutdown()
  }
}
