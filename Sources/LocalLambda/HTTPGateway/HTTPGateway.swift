public import NIOCore

/// API Gateway's HTTP API in front of functions, with events in payload format 2.0.
public final class HTTPGateway: Sendable {
  /// The port that is listened on.
  public let port: Int

  /// Listens; port 0 takes any free one. The functions must live on the event loop.
  public init(
    host: String = "127.0.0.1", port: Int, routes: [HTTPRoute], eventLoop: any EventLoop
  ) async throws(ListenError) {
    self.port = port
  }

  /// Stops listening and closes the connections; the functions are left alone.
  public func shutdown() async {}
}
