import NIOCore
import NIOPosix

/// A connection on which a test writes exactly the bytes it means to.
struct RawConnection: Sendable {
  private let channel: any Channel
  private let received: NIOLoopBoundBox<Received>

  private struct Received {
    var bytes = ByteBuffer()
    var isClosed = false
    var waiters: [(condition: @Sendable (String) -> Bool, promise: EventLoopPromise<String>)] = []
  }

  struct TimedOut: Error { let soFar: String }

  static func open(port: Int, reads: Bool = true) async throws -> RawConnection {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let received = NIOLoopBoundBox.makeBoxSendingValue(Received(), eventLoop: loop)
    let channel = try await ClientBootstrap(group: loop)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Collector(received))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    return RawConnection(channel: channel, received: received)
  }

  func send(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text)).get()
  }

  func close() async throws { try await channel.close().get() }

  /// Says that nothing more will be sent, and goes on listening.
  func finishSending() async throws { try await channel.close(mode: .output).get() }

  /// Everything received so far, once it ends the connection.
  func textUntilClosed() async throws -> String { try await text { _ in false } }

  /// Everything received so far, once it fulfils a condition or the connection is closed.
  func text(until condition: @escaping @Sendable (String) -> Bool) async throws -> String {
    let loop = channel.eventLoop
    let future = loop.flatSubmit { () -> EventLoopFuture<String> in
      let promise = loop.makePromise(of: String.self)
      received.value.waiters.append((condition, promise))
      let alarm = loop.scheduleTask(in: .seconds(20)) {
        promise.fail(TimedOut(soFar: String(buffer: received.value.bytes)))
      }
      promise.futureResult.whenComplete { _ in alarm.cancel() }
      Self.settle(received)
      return promise.futureResult
    }
    return try await future.get()
  }

  private static func settle(_ received: NIOLoopBoundBox<Received>) {
    let text = String(buffer: received.value.bytes)
    let isClosed = received.value.isClosed
    let (ready, waiting) = received.value.waiters.reduce(into: ([EventLoopPromise<String>](), received.value.waiters)) {
      if isClosed || $1.condition(text) { $0.0.append($1.promise) }
    }
    received.value.waiters = waiting.filter { !isClosed && !$0.condition(text) }
    for promise in ready { promise.succeed(text) }
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let received: NIOLoopBoundBox<Received>

    init(_ received: NIOLoopBoundBox<Received>) { self.received = received }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received.value.bytes.writeImmutableBuffer(unwrapInboundIn(data))
      RawConnection.settle(received)
    }

    func channelInactive(context: ChannelHandlerContext) {
      received.value.isClosed = true
      RawConnection.settle(received)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
