import NIOCore
import NIOHTTP1

/// One connection: hands requests to the responder one after the other, and writes the answers in the same order.
///
/// A pipelined request waits, unread as far as possible, until the one before it is answered.
final class HTTPConnection: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  /// What a responder wants to be told.
  struct Actions {
    var writability: ((_ isWritable: Bool) -> Void)?
    var closed: (() -> Void)?
    var body: ((BodyPart) -> Void)?
  }

  /// A body on its way into one buffer.
  private struct Collection {
    var head: HTTPRequestHead
    var limit: Int
    var body = ByteBuffer()
    var isTooLarge = false
    var discarded = 0
  }

  /// The request that is being answered.
  private struct Exchange {
    let id: UInt64
    let method: HTTPMethod
    /// HTTP/1.0 knows no chunks and closes by default.
    let isHTTP10: Bool
    var keepAlive: Bool
    /// All of the request was read.
    var isReceived: Bool
    /// The rest of a streamed body stays in the socket.
    var isPaused = false
    var answer = Answer.none
    var actions = Actions()

    enum Answer { case none, begun(chunked: Bool), ended }

    var isAnswered: Bool { if case .ended = answer { true } else { false } }
  }

  private let responder: any HTTPResponder
  private let limits: HTTPLimits
  private let peerAddress: String
  private var context: ChannelHandlerContext?

  private var collection: Collection?
  private var exchange: Exchange?
  private var lastID: UInt64 = 0
  private var waiting = CircularBuffer<HTTPServerRequestPart>()
  private var isProcessing = false
  private var isReading = false
  private var isClosing = false
  private var readIsDue = false
  private var flushIsDue = false
  private var partsThisRead = 0
  /// Since when a request has been incomplete without progress.
  private var incompleteSince: NIODeadline?
  private var receiveTimer: Scheduled<Void>?
  private var sendTimer: Scheduled<Void>?

  init(responder: any HTTPResponder, limits: HTTPLimits, peerAddress: String) {
    self.responder = responder
    self.limits = limits
    self.peerAddress = peerAddress
  }

  // MARK: The channel

  /// The server's port.
  var localPort: Int { context?.channel.localAddress?.port ?? 0 }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    isReading = true
    partsThisRead += 1
    let part = unwrapInboundIn(data)
    if exchange?.isReceived == true || isProcessing {
      waiting.append(part)
    } else {
      isProcessing = true
      process(part)
      isProcessing = false
      processWaiting()
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    if flushIsDue {
      flushIsDue = false
      context.flush()
    }
    watchReceiving(context)
    partsThisRead = 0
  }

  func read(context: ChannelHandlerContext) {
    // With one request in work and another one waiting, the rest stays in the socket.
    if exchange?.isPaused == true || (exchange?.isReceived == true && !waiting.isEmpty) {
      readIsDue = true
    } else {
      context.read()
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      sendTimer?.cancel()
      sendTimer = nil
    } else if sendTimer == nil {
      let channel = context.channel
      sendTimer = context.eventLoop.scheduleTask(in: limits.sendTimeout) { channel.close(promise: nil) }
    }
    exchange?.actions.writability?(context.channel.isWritable)
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    receiveTimer?.cancel()
    sendTimer?.cancel()
    breakOffCollection()
    if let ended = exchange {
      exchange = nil
      if !ended.isReceived { ended.actions.body?(.truncated) }
      ended.actions.closed?()
    }
    waiting.removeAll()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // Malformed HTTP is answered when nothing else is under way on this connection; then the connection ends.
    if error is HTTPParserError, exchange == nil {
      refuse(.badRequest, context)
    } else {
      context.close(promise: nil)
    }
  }

  // MARK: Requests

  private func processWaiting() {
    guard !isProcessing else { return }
    isProcessing = true
    while exchange?.isReceived != true, let part = waiting.popFirst() { process(part) }
    isProcessing = false
    readIfDue()
  }

  /// Reads on, if a read was put off and nothing stands against it any more.
  private func readIfDue() {
    guard readIsDue, exchange?.isPaused != true, waiting.isEmpty || exchange?.isReceived != true else { return }
    readIsDue = false
    context?.read()
  }

  private func process(_ part: HTTPServerRequestPart) {
    switch part {
    case .head(let head): receive(head)
    case .body(let bytes): receive(bytes)
    case .end(let trailers): receiveEnd(trailers)
    }
  }

  private func receive(_ head: HTTPRequestHead) {
    let declared = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    let expectsContinue = head.headers.first(name: "expect")?.lowercased() == "100-continue"
    switch responder.bodyHandling(of: head) {
    case .stream:
      if expectsContinue { writeContinue() }
      hand(
        ServerRequest(head: head, body: ByteBuffer(), bodyState: .streaming, peerAddress: peerAddress),
        keepAlive: head.isKeepAlive, isReceived: false)
    case .collect(let limit):
      var collection = Collection(head: head, limit: limit)
      if declared > limit {
        collection.isTooLarge = true
        // Who waits for a go-ahead, or would send for ages, is told at once and not read any further.
        if expectsContinue || declared > limits.discardedBytes {
          hand(collection, state: .tooLarge, trailers: nil, keepAlive: false)
          return
        }
      }
      if expectsContinue { writeContinue() }
      self.collection = collection
    }
  }

  private func receive(_ bytes: ByteBuffer) {
    if exchange != nil {
      exchange?.actions.body?(.bytes(bytes))
    } else if collection != nil {
      collect(bytes)
    }
  }

  private func collect(_ bytes: ByteBuffer) {
    guard var collection = self.collection.take() else { return }
    let length = bytes.readableBytes
    if !collection.isTooLarge, collection.body.readableBytes + length > collection.limit {
      collection.isTooLarge = true
      collection.body = ByteBuffer()
    }
    if collection.isTooLarge {
      collection.discarded += length
      guard collection.discarded <= limits.discardedBytes else {
        hand(collection, state: .tooLarge, trailers: nil, keepAlive: false)
        return
      }
    } else if collection.body.readableBytes == 0 {
      collection.body = bytes
    } else {
      if let declared = collection.head.headers.first(name: "content-length").flatMap({ Int($0) }) {
        collection.body.reserveCapacity(minimumWritableBytes: declared - collection.body.readableBytes)
      }
      collection.body.writeImmutableBuffer(bytes)
    }
    self.collection = collection
  }

  private func receiveEnd(_ trailers: HTTPHeaders?) {
    if let collection = collection.take() {
      let state: ServerRequest.BodyState = collection.isTooLarge ? .tooLarge : .complete
      hand(collection, state: state, trailers: trailers, keepAlive: collection.head.isKeepAlive)
    } else if exchange != nil {
      exchange?.isReceived = true
      exchange?.actions.body?(.end(trailers: trailers))
      finishIfDone()
    }
  }

  private func hand(
    _ collection: Collection, state: ServerRequest.BodyState, trailers: HTTPHeaders?, keepAlive: Bool
  ) {
    hand(
      ServerRequest(
        head: collection.head, body: collection.body, bodyState: state, trailers: trailers, peerAddress: peerAddress),
      keepAlive: keepAlive, isReceived: true)
  }

  private func hand(_ request: ServerRequest, keepAlive: Bool, isReceived: Bool) {
    guard let context else { return }
    lastID += 1
    let id = lastID
    if request.bodyState != .truncated {
      exchange = Exchange(
        id: id, method: request.head.method, isHTTP10: request.head.version == .http1_0, keepAlive: keepAlive,
        isReceived: isReceived)
    }
    responder.respond(
      to: request, on: HTTPExchange(connection: self, id: id, eventLoop: context.eventLoop))
  }

  /// Nobody can be answered any more, but the responder may need to know that a body broke off.
  private func breakOffCollection() {
    guard let collection = collection.take() else { return }
    hand(collection, state: .truncated, trailers: nil, keepAlive: false)
  }

  // MARK: Answers

  func respond(_ response: ServerResponse, to id: UInt64) {
    guard let current = exchange, current.id == id, case .none = current.answer else { return }
    let isBodiless = current.method == .HEAD || response.status.hasNoBody
    var bytes = head(
      response.status, response.headers, for: current,
      framing: response.status.hasNoBody ? .none : .length(response.body.readableBytes),
      room: isBodiless ? 0 : min(response.body.readableBytes, Self.joinedBody))
    if !isBodiless, response.body.readableBytes <= Self.joinedBody {
      bytes.writeImmutableBuffer(response.body)
      send(bytes)
    } else {
      context?.write(wrapOutboundOut(bytes), promise: nil)
      if isBodiless { flush() } else { send(response.body) }
    }
    exchange?.answer = .ended
    finishIfDone()
  }

  func begin(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, to id: UInt64) {
    guard var current = exchange, current.id == id, case .none = current.answer else { return }
    // Without chunks the end of the connection ends the body.
    let isChunked = !headers.contains(name: "content-length") && !current.isHTTP10 && !status.hasNoBody
    if !isChunked, !headers.contains(name: "content-length") { current.keepAlive = false }
    current.answer = .begun(chunked: isChunked)
    exchange = current
    send(head(status, headers, for: current, framing: isChunked ? .chunked : .none, room: 0))
  }

  func write(_ part: ByteBuffer, to id: UInt64) {
    guard let current = exchange, current.id == id, case .begun(let isChunked) = current.answer else { return }
    guard part.readableBytes > 0, current.method != .HEAD else { return }
    guard isChunked else { return send(part) }
    let isJoined = part.readableBytes <= Self.joinedBody
    var bytes = ByteBuffer()
    bytes.reserveCapacity(isJoined ? part.readableBytes + 20 : 20)
    bytes.writeString(String(part.readableBytes, radix: 16))
    bytes.writeStaticString("\r\n")
    if isJoined {
      bytes.writeImmutableBuffer(part)
    } else {
      context?.write(wrapOutboundOut(bytes), promise: nil)
      context?.write(wrapOutboundOut(part), promise: nil)
      bytes.clear()
    }
    bytes.writeStaticString("\r\n")
    send(bytes)
  }

  func end(_ trailers: HTTPHeaders?, to id: UInt64) {
    guard let current = exchange, current.id == id, case .begun(let isChunked) = current.answer else { return }
    if isChunked, current.method != .HEAD {
      var bytes = ByteBuffer()
      bytes.writeStaticString("0\r\n")
      if let trailers { bytes.writeFields(trailers) }
      bytes.writeStaticString("\r\n")
      send(bytes)
    }
    exchange?.answer = .ended
    finishIfDone()
  }

  func abort(_ id: UInt64) {
    guard exchange?.id == id else { return }
    context?.close(promise: nil)
  }

  func pauseBody(of id: UInt64, _ isPaused: Bool) {
    guard let current = exchange, current.id == id, !current.isReceived else { return }
    exchange?.isPaused = isPaused
    readIfDue()
  }

  func setActions(of id: UInt64, _ change: (inout Actions) -> Void) {
    guard var current = exchange, current.id == id else { return }
    change(&current.actions)
    exchange = current
  }

  private func finishIfDone() {
    guard let current = exchange, case .ended = current.answer else { return }
    guard current.isReceived || !current.keepAlive else {
      // What is left of the request is of no use any more.
      return pauseBody(of: current.id, false)
    }
    exchange = nil
    if current.keepAlive { processWaiting() } else { flushAndClose() }
  }

  // MARK: Writing

  /// Up to so many bytes a body is copied behind its head: one buffer, one write.
  private static let joinedBody = 16_384

  private enum Framing { case none, chunked, length(Int) }

  private func head(
    _ status: HTTPResponseStatus, _ headers: HTTPHeaders, for exchange: Exchange, framing: Framing, room: Int
  ) -> ByteBuffer {
    var bytes = context?.channel.allocator.buffer(capacity: 256 + room) ?? ByteBuffer()
    bytes.writeStaticString("HTTP/1.1 ")
    bytes.writeString(String(status.code))
    bytes.writeStaticString(" ")
    bytes.writeString(status.reasonPhrase)
    bytes.writeStaticString("\r\n")
    bytes.writeFields(headers)
    switch framing {
    case .none: break
    case .chunked: bytes.writeStaticString("transfer-encoding: chunked\r\n")
    case .length(let length):
      bytes.writeStaticString("content-length: ")
      bytes.writeString(String(length))
      bytes.writeStaticString("\r\n")
    }
    if !exchange.keepAlive {
      bytes.writeStaticString("connection: close\r\n")
    } else if exchange.isHTTP10 {
      bytes.writeStaticString("connection: keep-alive\r\n")
    }
    bytes.writeStaticString("\r\n")
    return bytes
  }

  private func writeContinue() {
    var bytes = ByteBuffer()
    bytes.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    send(bytes)
  }

  private func send(_ bytes: ByteBuffer) {
    context?.write(wrapOutboundOut(bytes), promise: nil)
    flush()
  }

  /// Answers given while requests are being read leave together when the read is over.
  private func flush() {
    if isReading { flushIsDue = true } else { context?.flush() }
  }

  private func flushAndClose() {
    guard let context else { return }
    isClosing = true
    flushIsDue = false
    waiting.removeAll()
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { [channel = context.channel] _ in
      channel.close(promise: nil)
    }
  }

  private func refuse(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
    breakOffCollection()
    var bytes = ByteBuffer()
    bytes.writeString(
      "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    context.write(wrapOutboundOut(bytes), promise: nil)
    flushAndClose()
  }

  // MARK: Slow callers

  private func watchReceiving(_ context: ChannelHandlerContext) {
    // Who streams a body has all the time that its responder gives it.
    let isComplete = exchange.map { $0.isReceived || !$0.isAnswered } ?? (collection == nil && partsThisRead > 0)
    if isComplete {
      incompleteSince = nil
      return
    }
    // A head has to come in as a whole in time; a body only has to come on.
    if incompleteSince == nil || partsThisRead > 0 { incompleteSince = .now() }
    if receiveTimer == nil { armReceiveTimer(context, after: limits.receiveTimeout) }
  }

  private func armReceiveTimer(_ context: ChannelHandlerContext, after delay: TimeAmount) {
    receiveTimer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [weak self] in self?.receiveTimerFired()
    }
  }

  private func receiveTimerFired() {
    receiveTimer = nil
    guard let context, let since = incompleteSince else { return }
    let due = since + limits.receiveTimeout
    if due > .now() {
      armReceiveTimer(context, after: due - .now())
    } else if exchange == nil {
      refuse(.requestTimeout, context)
    } else {
      context.close(promise: nil)
    }
  }
}

extension HTTPResponseStatus {
  /// Whether an answer with this status has neither a body nor a length.
  var hasNoBody: Bool { code < 200 || code == 204 || code == 304 }
}

extension ByteBuffer {
  /// Writes header fields or trailers; what could be mistaken for the end of a line becomes a space.
  fileprivate mutating func writeFields(_ fields: HTTPHeaders) {
    for (name, value) in fields {
      writeString(name)
      writeStaticString(": ")
      if value.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) {
        writeBytes(value.utf8.lazy.map { $0 == 13 || $0 == 10 || $0 == 0 ? 32 : $0 })
      } else {
        writeString(value)
      }
      writeStaticString("\r\n")
    }
  }
}
