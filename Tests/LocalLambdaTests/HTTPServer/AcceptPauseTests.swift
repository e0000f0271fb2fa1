import NIOCore
import NIOPosix
import Testing

@testable import LocalLambda

/// A listener with no descriptor left for a caller. What the system says then is said here by hand.
@Suite(.timeLimit(.minutes(1))) struct AcceptPauseTests {
  @Test func aListenerThatCannotAcceptRestsAndGoesOn() async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let server = try await HTTPServer.listen(host: "127.0.0.1", port: 0, eventLoop: loop, responder: EchoResponder())
    let listener = server.listener
    let isListening = try await loop.flatSubmit {
      listener.pipeline.fireErrorCaught(IOError(errnoCode: 24, reason: "accept"))
      return listener.getOption(.autoRead)
    }.get()
    #expect(!isListening, "it rests: the caller that waits does not wake it at once")
    let caller = try await RawConnection.open(port: server.port)
    try await caller.send("GET /x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
    #expect(try await caller.textUntilClosed().hasPrefix("HTTP/1.1 200 OK"))
    #expect(try await listener.getOption(.autoRead).get())
    await server.shutdown()
  }
}
