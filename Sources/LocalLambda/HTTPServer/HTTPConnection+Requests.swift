import NIOCore
import NIOHTTP1

/// How requests come in.
extension HTTPConnection {
  func process(_ part: HTTPServerRequestPart) {
    switch part {
    case .head(let head): receive(head)
    case .body(let bytes): receive(bytes)
    case .end(let trailers): receiveEnd(trailers)
    }
  }

  private func receive(_ head: HTTPRequestHead) {
    var head = head
    let framing: RequestFraming
    do {
      framing = try RequestFraming(&head, limits: limits)
    } catch {
      return refuse(error)
    }
    switch responder.bodyHandling(of: head) {
    case .stream:
      if framing.expectsContinue { writeContinue() }
      hand(
        ServerRequest(head: head, body: ByteBuffer(), bodyState: .streaming, peerAddress: peerAddress),
        keepAlive: framing.keepAlive, isReceived: false)
    case .collect(let limit):
      let collection = RequestCollection(head, framing, limit: limit)
      // Who waits for leave, or would send for ages, is told at once and not read any further.
      if collection.isTooLarge, framing.expectsContinue || framing.contentLength ?? 0 > limits.discardedBytes {
        return handTooLarge(collection)
      }
      if framing.expectsContinue { writeContinue() }
      self.collection = collection
    }
  }

  private func receive(_ bytes: ByteBuffer) {
    if exchange != nil {
      exchange?.actions.body?(.bytes(bytes))
    } else if var collection = collection.take() {
      collection.append(bytes)
      if collection.isTooLarge, collection.received > limits.discardedBytes {
        handTooLarge(collection)
      } else {
        self.collection = collection
      }
    }
  }

  private func receiveEnd(_ trailers: HTTPHeaders?) {
    if let collection = collection.take() {
      if collection.received >= MemoryTrim.largeBody { memoryTrim.largeBodyCame() }
      hand(
        request(of: collection, collection.isTooLarge ? .tooLarge : .complete, trailers: trailers),
        keepAlive: collection.framing.keepAlive, isReceived: true)
    } else if exchange != nil {
      exchange?.isReceived = true
      exchange?.actions.body?(.end(trailers: trailers))
      finishIfDone()
    }
  }

  /// The rest of the request is not waited for.
  private func handTooLarge(_ collection: RequestCollection) {
    hand(request(of: collection, .tooLarge), keepAlive: false, isReceived: false)
  }

  /// The responder may need to know that a body broke off. A caller that only stopped sending may even be answered; who
  /// is not, is not waited for.
  func breakOffCollection() {
    guard let collection = collection.take() else { return }
    hand(request(of: collection, .truncated), keepAlive: false, isReceived: true)
    exchange = nil
  }

  private func request(
    of collection: RequestCollection, _ state: ServerRequest.BodyState, trailers: HTTPHeaders? = nil
  ) -> ServerRequest {
    ServerRequest(
      head: collection.head, body: collection.body, bodyState: state, trailers: trailers, peerAddress: peerAddress)
  }

  private func hand(_ request: ServerRequest, keepAlive: Bool, isReceived: Bool) {
    exchange = Exchange(
      id: nextID(), method: request.head.method, isHTTP10: request.head.version == .http1_0, keepAlive: keepAlive,
      isReceived: isReceived)
    guard let context, let id = exchange?.id else { return }
    responder.respond(to: request, on: HTTPExchange(connection: self, id: id, eventLoop: context.eventLoop))
  }

  private func writeContinue() {
    var bytes = ByteBuffer()
    bytes.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
    send(bytes)
  }
}
