import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP/1.1 server whose connections all live on one event loop.
final class HTTPServer: Sendable {
  /// The port that is listened on.
  let port: Int
  let listener: any Channel
  private let connections: NIOLoopBoundBox<[ObjectIdentifier: any Channel]>

  private init(port: Int, listener: any Channel, connections: NIOLoopBoundBox<[ObjectIdentifier: any Channel]>) {
    self.port = port
    self.listener = listener
    self.connections = connections
  }

  /// Listens; port 0 takes any free one.
  static func listen(
    host: String, port: Int, eventLoop: any EventLoop, limits: HTTPLimits = HTTPLimits(),
    responder: any HTTPResponder
  ) async throws(ListenError) -> HTTPServer {
    let connections = NIOLoopBoundBox<[ObjectIdentifier: any Channel]>.makeBoxSendingValue([:], eventLoop: eventLoop)
    let memoryTrim = NIOLoopBoundBox.makeBoxSendingValue(MemoryTrim(eventLoop: eventLoop), eventLoop: eventLoop)
    let bootstrap = ServerBootstrap(group: eventLoop)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause())
        }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 262_144)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let key = ObjectIdentifier(channel)
          connections.value[key] = channel
          channel.closeFuture.whenComplete { _ in connections.value[key] = nil }
          var decoderLimits = NIOHTTPDecoderLimitConfiguration()
          decoderLimits.maxHeaderListSize = limits.headBytes
          decoderLimits.maxHeaderFieldSize = limits.headBytes
          decoderLimits.maxHeaderFieldCount = limits.fieldCount
          let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: decoderLimits)
          let connection = HTTPConnection(
            responder: responder, limits: limits, peerAddress: channel.remoteAddress?.ipAddress ?? "127.0.0.1",
            memoryTrim: memoryTrim.value, flushes: .of(channel.eventLoop))
          try channel.pipeline.syncOperations.addHandlers(ByteToMessageHandler(decoder), connection)
        }
      }
    do {
      guard ListenError.ports.contains(port) else { throw ListenError.NoPort() }
      // An address needs no look-up, which takes the system milliseconds.
      let address = try? SocketAddress(ipAddress: host, port: port)
      let listener = try await (address.map(bootstrap.bind(to:)) ?? bootstrap.bind(host: host, port: port)).get()
      return HTTPServer(port: listener.localAddress?.port ?? port, listener: listener, connections: connections)
    } catch {
      throw ListenError(host: host, port: port, cause: error)
    }
  }

  /// Stops listening and closes the connections.
  func shutdown() async {
    try? await listener.close()
    let connections = connections
    let closed = listener.eventLoop.flatSubmit { [eventLoop = listener.eventLoop] in
      let open = connections.value.values.map { $0.close() }
      return EventLoopFuture.andAllComplete(open, on: eventLoop)
    }
    try? await closed.get()
  }
}
