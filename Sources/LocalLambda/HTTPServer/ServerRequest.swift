import NIOCore
import NIOHTTP1

/// A request as a responder sees it.
struct ServerRequest: Sendable {
  /// What became of the body.
  enum BodyState: Sendable, Hashable {
    /// All of it is in `body`.
    case complete
    /// It was longer than the responder's limit and is not kept.
    case tooLarge
    /// The connection ended before the body did: it is answered at once, if at all, and hardly anybody will read it.
    case truncated
    /// It is still coming: `HTTPExchange.onBody` hands on its parts.
    case streaming
  }

  var head: HTTPRequestHead
  var body: ByteBuffer
  var bodyState: BodyState
  var trailers: HTTPHeaders?
  /// The caller's IP address.
  var peerAddress: String

  /// The target's path, as sent.
  var path: Substring { head.uri[..<pathEnd] }

  /// What follows the `?` of the target, as sent; empty when there is none.
  var query: Substring { Substring(head.uri.utf8[pathEnd...].dropFirst()) }

  /// The path's parts between slashes, decoded; empty ones do not count.
  var pathParts: [String] {
    var path = path
    return path.withUTF8 { path in
      path.split(separator: UInt8(ascii: "/")).map { part in
        let text = String(decoding: UnsafeBufferPointer(rebasing: part), as: UTF8.self)
        return part.contains(UInt8(ascii: "%")) ? PercentDecoding.decode(text) : text
      }
    }
  }

  private var pathEnd: String.Index {
    let uri = head.uri.utf8
    let length = uri.withContiguousStorageIfAvailable { $0.firstIndex(of: UInt8(ascii: "?")) ?? $0.count }
    return uri.index(uri.startIndex, offsetBy: length ?? uri.prefix { $0 != UInt8(ascii: "?") }.count)
  }
}

/// How a responder wants a request's body.
enum BodyHandling: Sendable, Hashable {
  /// As one buffer of at most so many bytes.
  case collect(upTo: Int)
  /// In parts, as they come; the request is handed over as soon as its head is in.
  case stream
}

/// A piece of a body that is streamed to a responder.
enum BodyPart: Sendable {
  case bytes(ByteBuffer)
  case end(trailers: HTTPHeaders?)
  /// The connection ended first.
  case truncated
}

/// An answer that is sent in one piece; `content-length` is added.
struct ServerResponse: Sendable {
  var status: HTTPResponseStatus
  var headers: HTTPHeaders
  var body: ByteBuffer

  init(_ status: HTTPResponseStatus, headers: HTTPHeaders = HTTPHeaders(), body: ByteBuffer = ByteBuffer()) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer whose body is text of a given type.
  init(_ status: HTTPResponseStatus, contentType: String, _ text: String) {
    self.init(status, headers: ["content-type": contentType], body: ByteBuffer(string: text))
  }
}
