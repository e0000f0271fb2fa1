public import NIOCore
public import NIOHTTP1

/// The way back for the answer to one request. Answer once: at once with ``respond(_:headers:body:)``, or in pieces
/// with ``start(_:headers:)``, ``write(_:)`` and ``end(trailers:)``.
public struct HTTPExchange: Sendable {
  let channel: any Channel
  let isHead: Bool
  let keepAlive: Bool

  /// Whether the caller is still there.
  public var isActive: Bool { channel.isActive }

  /// Calls `body`, on the server's event loop, when the connection is gone. For answers that take long: what is added
  /// here stays as long as the connection.
  public func whenClosed(_ body: @escaping @Sendable () -> Void) {
    channel.closeFuture.whenComplete { _ in body() }
  }

  /// Answers with a whole response, in one write. `Content-Length` is added.
  public func respond(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
    var headers = headers
    if status.code >= 200, status != .noContent, status != .notModified, !headers.contains(name: "content-length") {
      headers.add(name: "content-length", value: String(body.readableBytes))
    }
    start(status, headers: headers)
    if !isHead, body.readableBytes > 0 { write(body) }
    end()
  }

  /// Begins a response; without a `Content-Length` its body is chunked.
  public func start(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:]) {
    var headers = headers
    if !keepAlive { headers.replaceOrAdd(name: "connection", value: "close") }
    channel.write(
      HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)), promise: nil)
  }

  /// Adds a piece of the body.
  public func write(_ piece: ByteBuffer) {
    channel.write(HTTPServerResponsePart.body(.byteBuffer(piece)), promise: nil)
  }

  /// Sends what has been written so far.
  public func flush() {
    channel.flush()
  }

  /// Ends the response, and the connection where the caller does not want to keep it.
  public func end(trailers: HTTPHeaders? = nil) {
    guard !keepAlive else {
      channel.writeAndFlush(HTTPServerResponsePart.end(trailers), promise: nil)
      return
    }
    let channel = channel
    channel.writeAndFlush(HTTPServerResponsePart.end(trailers)).whenComplete { _ in channel.close(promise: nil) }
  }
}

extension HTTPExchange {
  /// Answers with JSON.
  public func respond(_ status: HTTPResponseStatus, json: String, headers: HTTPHeaders = [:]) {
    var headers = headers
    if !headers.contains(name: "content-type") { headers.add(name: "content-type", value: "application/json") }
    respond(status, headers: headers, body: ByteBuffer(string: json))
  }
}
