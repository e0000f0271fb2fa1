import NIOCore

/// Pauses a listener that cannot accept, for want of descriptors mostly: the callers that wait are tried again in a
/// moment.
///
/// NIO's own `AcceptBackoffHandler` delays the reads that are asked for, and the failed one is still pending: the event
/// loop would be told of the waiting caller again at once, and again.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private static let pause = TimeAmount.milliseconds(100)

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is IOError else { return context.fireErrorCaught(error) }
    let channel = context.channel
    channel.setOption(.autoRead, value: false)
      .flatMap { channel.eventLoop.scheduleTask(in: Self.pause) {}.futureResult }
      .whenSuccess { channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) } }
  }
}
