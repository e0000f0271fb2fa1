internal import JSON
internal import NIOCore
internal import NIOHTTP1

/// One connection to the stand-in: collects a request, answers it, and goes on to the next.
final class StandInConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// More than any context window holds.
  private static let maximumBody = 64 << 20

  private let state: LanguageModelStandIn.StateBox
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var isTooLarge = false

  init(state: LanguageModelStandIn.StateBox) { self.state = state }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
      isTooLarge = false
    case .body(let part):
      isTooLarge = isTooLarge || body.count + part.readableBytes > Self.maximumBody
      if !isTooLarge { body += part.readableBytesView }
    case .end:
      guard let head else { return }
      answer(head, body, channel: context.channel)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func answer(_ head: HTTPRequestHead, _ body: [UInt8], channel: any Channel) {
    guard !isTooLarge else { return Self.send(.problem(413, "the request is too large"), head, on: channel) }
    let path = head.uri.prefix { $0 != "?" }
    switch (head.method, path) {
    case (.GET, "/v1/models"):
      Self.send(.json(200, StandInAnswer.models), head, on: channel)
    case (.POST, "/v1/chat/completions"):
      // An answer may have to wait, so it is made outside the event loop; the channel is told when it is there.
      let state = state
      Task { await StandInConnection.complete(body, state: state, head: head, channel: channel) }
    case (_, "/v1/models"), (_, "/v1/chat/completions"):
      Self.send(.problem(405, "the method \(head.method) does not work here"), head, on: channel)
    default:
      Self.send(.problem(404, "there is no \(path) here; try /v1/chat/completions"), head, on: channel)
    }
  }

  @concurrent private static func complete(
    _ body: [UInt8], state: LanguageModelStandIn.StateBox, head: HTTPRequestHead, channel: any Channel
  ) async {
    guard let response = await StandInAnswer.complete(body, state: state) else { return }
    send(response, head, on: channel)
  }

  private static func send(_ response: StandInAnswer.Response, _ head: HTTPRequestHead, on channel: any Channel) {
    guard case .full(let status, var headers, let body) = response else {
      return channel.close(promise: nil)
    }
    headers.append(("content-length", String(body.count)))
    if !head.isKeepAlive { headers.append(("connection", "close")) }
    let start = HTTPResponseHead(
      version: head.version, status: .init(statusCode: status), headers: HTTPHeaders(headers))
    channel.write(HTTPServerResponsePart.head(start), promise: nil)
    channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
    let isLast = !head.isKeepAlive
    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
      if isLast { channel.close(promise: nil) }
    }
  }
}
