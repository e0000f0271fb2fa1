public import NIOCore

/// The Lambda APIs over HTTP: Invoke and what SDKs ask about functions.
public final class LambdaServer: Sendable {
  /// The port that is listened on.
  public let port: Int

  /// Listens; port 0 takes any free one. The functions must live on the event loop.
  public init(
    host: String = "127.0.0.1", port: Int, functions: [FunctionHost], eventLoop: any EventLoop
  ) async throws(ListenError) {
    self.port = port
  }

  /// Stops listening and closes the connections; the functions are left alone.
  public func shutdown() async {}
}
