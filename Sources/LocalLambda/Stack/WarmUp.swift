internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import SystemPackage

/// Makes Swift build what it builds of a server's and a pipe's types at their first use.
///
/// Done beside the reading of the arguments, on another core, it saves the first caller a tenth of what passes between
/// launch and answer. Nothing depends on it: whatever fails here fails again, and is told, where it is needed.
public func warmUp() async {
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let loop = group.any()
  if let server = try? await HTTPServer.listen(host: "127.0.0.1", port: 0, eventLoop: loop, responder: Silence()) {
    if let address = try? SocketAddress(ipAddress: "127.0.0.1", port: server.port),
      let caller = try? await ClientBootstrap(group: loop).connect(to: address).get()
    {
      try? await caller.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
      try? await caller.close()
    }
    await server.shutdown()
  }
  if let (writeEnd, channel) = try? await ProcessOutput.open(on: loop, line: { _ in }) {
    try? writeEnd.close()
    try? await channel.close()
  }
  try? await group.shutdownGracefully()
}

/// Answers nobody.
private struct Silence: HTTPResponder {
  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling { .collect(upTo: 0) }
  func respond(to request: ServerRequest, on exchange: HTTPExchange) {}
}
