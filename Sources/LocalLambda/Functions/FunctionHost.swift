public import NIOCore

/// A function and its execution environments.
public actor FunctionHost {
  /// The function.
  public nonisolated let configuration: FunctionConfiguration
  /// The loop that owns all state.
  public nonisolated let eventLoop: any EventLoop
  private let log: FunctionLogSink

  /// Runs the actor's code on its event loop.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  /// Hosts a function; nothing is started before the first invocation.
  public init(
    _ configuration: FunctionConfiguration, eventLoop: any EventLoop, log: @escaping FunctionLogSink = { _ in }
  ) throws(FunctionConfigurationError) {
    self.configuration = configuration
    self.eventLoop = eventLoop
    self.log = log
  }

  /// Calls the function and waits for its answer, starting an environment if none is free.
  public func invoke(_ invocation: Invocation) async -> InvocationResult {
    InvocationResult(requestID: "", outcome: .throttled)
  }

  /// Ends all environments, with everything that they started; what is running is answered with an error.
  public func shutdown() async {}
}
