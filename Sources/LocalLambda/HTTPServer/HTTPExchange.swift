import NIOCore
import NIOHTTP1

/// One request's way back to its caller.
///
/// It may be kept and used from anywhere, any time: away from the event loop an answer hops there, and once the
/// exchange is over (answered, or the caller gone) everything is ignored.
struct HTTPExchange: Sendable {
  let eventLoop: any EventLoop
  private let connection: NIOLoopBound<HTTPConnection>
  private let id: UInt64

  init(connection: HTTPConnection, id: UInt64, eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
    self.id = id
  }

  /// The server's port. To be called on the event loop.
  var localPort: Int { connection.value.localPort }

  /// Sends a whole answer, in one flush.
  func respond(_ response: ServerResponse) {
    onLoop { $0.respond(response, to: id) }
  }

  /// Starts an answer that is written in parts; chunked unless the headers give a `content-length`.
  func begin(_ status: HTTPResponseStatus, headers: HTTPHeaders) {
    onLoop { $0.begin(status, headers, to: id) }
  }

  /// Writes and flushes a part of an answer.
  func write(_ part: ByteBuffer) {
    onLoop { $0.write(part, to: id) }
  }

  /// Ends an answer that was begun.
  func end(trailers: HTTPHeaders? = nil) {
    onLoop { $0.end(trailers, to: id) }
  }

  /// Breaks the connection: how a caller learns that an answer which was begun will not be whole.
  func abort() {
    onLoop { $0.abort(id) }
  }

  /// Has the body of another exchange read only as fast as this caller takes what is written, and at full speed once
  /// the caller is gone. To be called on the event loop, which both share; it takes the place of `onClose`.
  func pace(_ body: HTTPExchange) {
    connection.value.setActions(of: id) {
      $0.writability = { isWritable in body.connection.value.pauseBody(of: body.id, !isWritable) }
      $0.closed = { body.resumeBody() }
    }
  }

  /// Reads no more of this exchange's body until then. To be called on the event loop.
  func holdBody(until deadline: NIODeadline) {
    connection.value.holdBody(of: id, until: deadline)
  }

  /// Reads on in a body that nobody paces any more. To be called on the event loop.
  func resumeBody() {
    connection.value.releaseBody(of: id)
    connection.value.pauseBody(of: id, false)
  }

  /// Runs an action if the caller goes away before it has its answer. To be called on the event loop.
  func onClose(_ action: @escaping () -> Void) {
    connection.value.setActions(of: id) { $0.closed = action }
  }

  /// Takes the parts of a body that is streamed. To be called on the event loop, while the request is handed over.
  func onBody(_ action: @escaping (BodyPart) -> Void) {
    connection.value.setActions(of: id) { $0.body = action }
  }

  private func onLoop(_ action: @escaping @Sendable (HTTPConnection) -> Void) {
    if eventLoop.inEventLoop {
      action(connection.value)
    } else {
      eventLoop.execute { action(connection.value) }
    }
  }
}
