import NIOCore
import NIOHTTP1

/// How answers go out. An answer to an exchange that is over is ignored.
extension HTTPConnection {
  /// Up to so many bytes a body is copied behind its head: one buffer, one write.
  private static let joinedBody = 16_384

  func respond(_ response: ServerResponse, to id: UInt64) {
    guard let current = exchange, current.id == id, case .none = current.answer else { return }
    let length = response.body.readableBytes
    let isBodiless = current.method == .HEAD || response.status.hasNoBody
    let isJoined = isBodiless || length <= Self.joinedBody
    var bytes = head(
      response.status, response.headers, for: current,
      framing: response.status.hasNoBody ? .none : .length(length), room: isJoined && !isBodiless ? length : 0)
    if isJoined {
      if !isBodiless { bytes.writeImmutableBuffer(response.body) }
      send(bytes)
    } else {
      write(bytes)
      send(response.body)
    }
    exchange?.answer = .ended
    finishIfDone()
  }

  func begin(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, to id: UInt64) {
    guard var current = exchange, current.id == id, case .none = current.answer else { return }
    // Without chunks the end of the connection ends the body.
    let hasLength = headers.contains(name: "content-length")
    let isChunked = !hasLength && !current.isHTTP10 && !status.hasNoBody
    if !isChunked, !hasLength, !status.hasNoBody { current.keepAlive = false }
    current.answer = .begun(current.method == .HEAD || status.hasNoBody ? .dropped : isChunked ? .chunks : .plain)
    exchange = current
    send(head(status, headers, for: current, framing: isChunked ? .chunked : .none, room: 0))
  }

  func write(_ part: ByteBuffer, to id: UInt64) {
    guard let current = exchange, current.id == id, case .begun(let form) = current.answer else { return }
    guard part.readableBytes > 0, form != .dropped else { return }
    guard form == .chunks else { return send(part) }
    var bytes = ByteBuffer()
    if part.readableBytes <= Self.joinedBody {
      bytes.writeChunk(part)
    } else {
      bytes.writeChunkHead(part.readableBytes)
      write(bytes)
      write(part)
      bytes.clear()
      bytes.writeStaticString("\r\n")
    }
    send(bytes)
  }

  func end(_ trailers: HTTPHeaders?, to id: UInt64) {
    guard let current = exchange, current.id == id, case .begun(let form) = current.answer else { return }
    if form == .chunks {
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

  func holdBody(of id: UInt64, until deadline: NIODeadline) {
    guard let current = exchange, current.id == id, !current.isReceived else { return }
    exchange?.heldUntil = deadline
    // More may still come in this turn, and put the moment off.
    if current.heldUntil == nil { releaseBody(of: id, at: deadline) }
  }

  private func releaseBody(of id: UInt64, at deadline: NIODeadline) {
    context?.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] () -> Void in
      guard let self, let current = exchange, current.id == id, let deadline = current.heldUntil else { return }
      if deadline > .now() { releaseBody(of: id, at: deadline) } else { releaseBody(of: id) }
    }
  }

  func releaseBody(of id: UInt64) {
    guard exchange?.id == id else { return }
    exchange?.heldUntil = nil
    readIfDue()
  }

  func setActions(of id: UInt64, _ change: (inout Actions) -> Void) {
    guard var current = exchange, current.id == id else { return }
    change(&current.actions)
    exchange = current
    if isInputClosed, current.actions.closed != nil { context?.close(promise: nil) }
  }

  func finishIfDone() {
    guard let current = exchange, case .ended = current.answer else { return }
    guard current.isReceived || !current.keepAlive else {
      // What is left of the request is of no use any more.
      return pauseBody(of: current.id, false)
    }
    exchange = nil
    if current.keepAlive { processWaiting() } else { close(lingering: !current.isReceived) }
  }

  private func head(
    _ status: HTTPResponseStatus, _ headers: HTTPHeaders, for exchange: Exchange, framing: ResponseFraming, room: Int
  ) -> ByteBuffer {
    var bytes = context?.channel.allocator.buffer(capacity: 256 + room) ?? ByteBuffer()
    bytes.writeHead(status, headers, framing, keepAlive: exchange.keepAlive, isHTTP10: exchange.isHTTP10)
    return bytes
  }
}
