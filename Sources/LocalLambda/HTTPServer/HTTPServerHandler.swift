import NIOCore
import NIOHTTP1

/// Puts the parts of each request together and hands it on. The pipelining handler before it sees to it that a
/// connection's next request comes when the last one is answered.
final class HTTPServerHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let maximumBodyBytes: Int
  private let handler: HTTPServer.Handler
  private var head: HTTPRequestHead?
  private var body = ByteBuffer()
  private var isTooLarge = false
  private var slowCaller: Scheduled<Void>?

  /// How long a caller may take to send one request.
  private static let patience = TimeAmount.seconds(60)

  init(maximumBodyBytes: Int, handler: @escaping HTTPServer.Handler) {
    self.maximumBodyBytes = maximumBodyBytes
    self.handler = handler
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): begin(head, context)
    case .body(let piece): collect(piece)
    case .end(let trailers): finish(trailers, context)
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    self.head = head
    if head.headers.contains(name: "expect"), head.headers.first(name: "expect")?.lowercased() == "100-continue" {
      context.writeAndFlush(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
    }
    let hasBody =
      head.headers.contains(name: "transfer-encoding") || (head.headers.first(name: "content-length") ?? "0") != "0"
    guard hasBody else { return }
    let channel = context.channel
    slowCaller = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
  }

  private func collect(_ piece: ByteBuffer) {
    var piece = piece
    if isTooLarge { return }
    if body.readableBytes + piece.readableBytes > maximumBodyBytes {
      isTooLarge = true
      body = ByteBuffer()
    } else if body.readableBytes == 0 {
      body = piece
    } else {
      body.writeBuffer(&piece)
    }
  }

  private func finish(_ trailers: HTTPHeaders?, _ context: ChannelHandlerContext) {
    slowCaller?.cancel()
    slowCaller = nil
    guard let head else { return }
    let request = HTTPServerRequest(
      head: head, body: body, trailers: trailers, isTooLarge: isTooLarge, remoteAddress: context.remoteAddress)
    self.head = nil
    body = ByteBuffer()
    isTooLarge = false
    handler(
      request,
      HTTPExchange(channel: context.channel, isHead: head.method == .HEAD, keepAlive: head.isKeepAlive))
  }

  func channelInactive(context: ChannelHandlerContext) {
    slowCaller?.cancel()
    context.fireChannelInactive()
  }

  /// What reaches here is the connection's end: a reset, or a request that the protocol handlers refused.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}
