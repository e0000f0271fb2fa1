public import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP/1.1 server on one event loop: keep-alive, pipelining, chunked bodies both ways, `Expect: 100-continue`.
public struct HTTPServer: Sendable {
  /// What answers a request. It is called on the server's event loop and must not block.
  public typealias Handler = @Sendable (HTTPServerRequest, HTTPExchange) -> Void

  private let channel: any Channel
  private let connections: HTTPConnections
  /// The address that is listened on.
  public let host: String
  /// The port that is listened on, also where any free one was asked for.
  public let port: Int

  /// `http://HOST:PORT`.
  public var url: String { "http://\(host):\(port)" }

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - port: 0 takes any free one.
  ///   - maximumBodyBytes: a larger body reaches the handler as ``HTTPServerRequest/isTooLarge``.
  /// - Throws: ``HTTPServerError`` when the address cannot be listened on.
  public static func start(
    host: String = "127.0.0.1", port: Int, on eventLoop: any EventLoop, maximumBodyBytes: Int,
    handler: @escaping Handler
  ) async throws(HTTPServerError) -> HTTPServer {
    let connections = HTTPConnections(eventLoop)
    let bootstrap = ServerBootstrap(group: eventLoop)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.maxMessagesPerRead, value: 16)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          connections.add(channel)
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
          try channel.pipeline.syncOperations.addHandler(
            HTTPServerHandler(maximumBodyBytes: maximumBodyBytes, handler: handler))
        }
      }
    do {
      let channel = try await bootstrap.bind(host: host, port: port).get()
      return HTTPServer(
        channel: channel, connections: connections, host: host, port: channel.localAddress?.port ?? port)
    } catch {
      throw HTTPServerError(host: host, port: port, cause: error)
    }
  }

  /// Stops listening, and closes the connections that are open.
  public func stop() async {
    try? await channel.close()
    await connections.closeAll()
  }
}

/// The address of a server cannot be listened on.
public struct HTTPServerError: Error, CustomStringConvertible {
  /// The address that was asked for.
  public let host: String
  /// The port that was asked for.
  public let port: Int
  /// The system's word for it.
  public let cause: any Error

  /// Whether another program listens there.
  public var isAddressInUse: Bool { (cause as? IOError)?.errnoCode == EADDRINUSE }

  /// What is wrong, as a sentence.
  public var description: String {
    isAddressInUse
      ? "port \(port) on \(host) is taken by another program"
      : "cannot listen on \(host), port \(port): \(cause)"
  }
}
