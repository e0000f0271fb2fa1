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

  /// The request that is being answered.
  struct Exchange {
    let id: UInt64
    let method: HTTPMethod
    /// HTTP/1.0 knows no chunks and closes by default.
    let isHTTP10: Bool
    var keepAlive: Bool
    /// All of the request was read.
    var isReceived: Bool
    /// The rest of a streamed body stays in the socket, as long as its taker says.
    var isPaused = false
    /// The same, until a certain moment.
    var heldUntil: NIODeadline?
    var answer = Answer.none
    var actions = Actions()

    enum Answer { case none, begun(BodyForm), ended }

    /// How the parts of an answer's body are written.
    enum BodyForm { case chunks, plain, dropped }

    var staysInSocket: Bool { isPaused || heldUntil != nil }
    var isAnswered: Bool { if case .ended = answer { true } else { false } }
  }

  /// How the connection ends once everything before is answered.
  enum Ending {
    case refusal(HTTPRefusal)
    /// The caller has nothing more to say.
    case silent
  }

  let responder: any HTTPResponder
  let limits: HTTPLimits
  let peerAddress: String
  let memoryTrim: MemoryTrim
  private let flushes: FlushBatch
  private(set) var context: ChannelHandlerContext?

  var collection: RequestCollection?
  var exchange: Exchange?
  var ending: Ending?
  private(set) var isInputClosed = false
  private(set) var isClosing = false
  private var waiting = CircularBuffer<HTTPServerRequestPart>()
  private var isProcessing = false
  private var isReading = false
  private var readIsDue = false
  private var flushIsDue = false
  private var partsThisRead = 0
  private var lastID: UInt64 = 0

  private var watch: ReceiveWatch
  private var receiveTimer: Scheduled<Void>?
  private var sendTimer: Scheduled<Void>?
  private var idleTimer: Scheduled<Void>?
  private var lingerTimer: Scheduled<Void>?
  /// Something came in since the idle timer was set.
  private var wasUsed = false

  init(
    responder: any HTTPResponder, limits: HTTPLimits, peerAddress: String, memoryTrim: MemoryTrim, flushes: FlushBatch
  ) {
    self.responder = responder
    self.limits = limits
    self.peerAddress = peerAddress
    self.memoryTrim = memoryTrim
    self.flushes = flushes
    watch = ReceiveWatch(limits)
  }

  // MARK: The channel

  /// The server's port.
  var localPort: Int { context?.channel.localAddress?.port ?? 0 }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    flushes.opened()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    flushes.closed()
  }

  func channelActive(context: ChannelHandlerContext) {
    armIdleTimer(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing, ending == nil else { return }
    isReading = true
    wasUsed = true
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
    if flushIsDue { flushes.add(self, justRead: true) }
    watchReceiving(context)
    partsThisRead = 0
  }

  func read(context: ChannelHandlerContext) {
    // With one request in work and another one waiting, the rest stays in the socket.
    if exchange?.staysInSocket == true || (exchange?.isReceived == true && !waiting.isEmpty) {
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

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed {
      isInputClosed = true
      if isClosing || exchange?.actions.closed != nil {
        // Whoever wants to know that a caller is gone is told, even though it might only have stopped talking.
        context.close(promise: nil)
      } else {
        if ending == nil { ending = .silent }
        endIfDue()
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    for timer in [receiveTimer, sendTimer, idleTimer, lingerTimer] { timer?.cancel() }
    isClosing = true
    breakOffCollection()
    if let ended = exchange.take() {
      if !ended.isReceived { ended.actions.body?(.truncated) }
      ended.actions.closed?()
    }
    waiting.removeAll()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
    guard !isClosing, ending == nil else { return }
    ending = HTTPRefusal(error).map(Ending.refusal) ?? .silent
    if exchange?.isReceived == false {
      exchange?.isReceived = true
      exchange?.keepAlive = false
      exchange?.actions.body?(.truncated)
      // Its responder may have had an answer to that.
      if exchange != nil { context.close(promise: nil) }
    } else {
      endIfDue()
    }
  }

  // MARK: Order

  func processWaiting() {
    guard !isProcessing else { return }
    isProcessing = true
    while exchange?.isReceived != true, !isClosing, let part = waiting.popFirst() { process(part) }
    isProcessing = false
    endIfDue()
    readIfDue()
  }

  /// Reads on, if a read was put off and nothing stands against it any more.
  func readIfDue() {
    guard readIsDue, exchange?.staysInSocket != true, waiting.isEmpty || exchange?.isReceived != true else { return }
    readIsDue = false
    context?.read()
  }

  /// Ends the connection if that is due and all that came before is answered.
  private func endIfDue() {
    guard let ending, exchange == nil, waiting.isEmpty, !isClosing else { return }
    switch ending {
    case .refusal(let refusal): refuse(refusal)
    case .silent:
      breakOffCollection()
      close(lingering: false)
    }
  }

  /// Answers what nobody is to see, and ends the connection.
  func refuse(_ refusal: HTTPRefusal) {
    breakOffCollection()
    guard !isClosing else { return }
    var bytes = ByteBuffer()
    bytes.writeHead(refusal.status, [:], .length(0), keepAlive: false, isHTTP10: false)
    context?.write(wrapOutboundOut(bytes), promise: nil)
    close(lingering: true)
  }

  /// Ends the connection behind what was written.
  ///
  /// To close while the caller still sends would destroy the answer on its way: then only the sending side is closed,
  /// and for a moment what comes in is thrown away.
  func close(lingering: Bool) {
    guard let context, !isClosing else { return }
    isClosing = true
    flushIsDue = false
    waiting.removeAll()
    watch.rest()
    let written = context.writeAndFlush(wrapOutboundOut(ByteBuffer()))
    let channel = context.channel
    guard lingering, !isInputClosed else { return written.whenComplete { _ in channel.close(promise: nil) } }
    written.whenComplete { _ in channel.close(mode: .output, promise: nil) }
    lingerTimer = context.eventLoop.scheduleTask(in: limits.lingerTimeout) { channel.close(promise: nil) }
  }

  /// The id of the next exchange.
  func nextID() -> UInt64 {
    lastID += 1
    return lastID
  }

  // MARK: Writing

  /// Writes bytes that others follow at once.
  func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }

  func send(_ bytes: ByteBuffer) {
    context?.write(wrapOutboundOut(bytes), promise: nil)
    flush()
  }

  /// Answers given while requests are being read leave together when the read is over.
  private func flush() {
    guard !flushIsDue else { return }
    flushIsDue = true
    if !isReading { flushes.add(self, justRead: false) }
  }

  /// Sends what was written.
  func flushNow() {
    guard flushIsDue else { return }
    flushIsDue = false
    context?.flush()
  }

  // MARK: Slow and silent callers

  private func watchReceiving(_ context: ChannelHandlerContext) {
    if let collection {
      watch.body(bytes: collection.received, at: .now())
    } else if let exchange, exchange.isAnswered, !exchange.isReceived {
      // What is left of a body that was streamed. Until then its responder says how long it may take.
      watch.body(bytes: 0, at: .now())
    } else if exchange == nil, partsThisRead == 0, !isClosing {
      watch.head(at: .now())
    } else {
      return watch.rest()
    }
    if receiveTimer == nil, let deadline = watch.deadline { armReceiveTimer(context, deadline) }
  }

  private func armReceiveTimer(_ context: ChannelHandlerContext, _ deadline: NIODeadline) {
    receiveTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      self?.receiveTimerFired()
    }
  }

  private func receiveTimerFired() {
    receiveTimer = nil
    guard let context, !isClosing, let deadline = watch.deadline else { return }
    if deadline > .now() {
      armReceiveTimer(context, deadline)
    } else if exchange != nil {
      context.close(promise: nil)
    } else {
      refuse(HTTPRefusal(.requestTimeout))
    }
  }

  /// The timer looks whether anything happened since it was set; so no request ever sets one.
  private func armIdleTimer(_ context: ChannelHandlerContext) {
    guard let timeout = limits.idleTimeout else { return }
    idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in self?.idleTimerFired() }
  }

  private func idleTimerFired() {
    guard let context, !isClosing else { return }
    if exchange == nil, collection == nil, !wasUsed { return context.close(promise: nil) }
    wasUsed = false
    armIdleTimer(context)
  }
}
