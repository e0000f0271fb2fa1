internal import CMalloc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import SystemPackage

/// What the program does once, for speed; nothing depends on it.
public enum StartUp {
  /// Lets all threads share one heap, which keeps what large bodies took for the next one until ``MemoryTrim`` gives it
  /// back. To be called before there are other threads.
  ///
  /// Nearly all work is one thread's. By itself glibc gives each thread a heap that grows and shrinks by a few pages at a
  /// time, a system call each, and whose end is never given back; and what is large gets new pages each time.
  public static func shareHeap() {
    #if canImport(Glibc)
      let large: Int32 = 32 << 20
      mallopt(M_ARENA_MAX, 1)
      mallopt(M_MMAP_THRESHOLD, large)
      mallopt(M_TRIM_THRESHOLD, large)
    #endif
  }

  /// Has Swift build now what it builds of a server's and a pipe's types at their first use.
  ///
  /// Done while the arguments are read, on another core, it saves the first caller a tenth of what passes between launch
  /// and answer. Whatever fails here fails again, and is told, where it is needed.
  public static func warmUp() async {
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
}
