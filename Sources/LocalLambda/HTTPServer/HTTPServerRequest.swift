public import NIOCore
public import NIOHTTP1

/// A whole request, as a server's handler is given it.
public struct HTTPServerRequest: Sendable {
  /// The method, the target as sent, and the header fields.
  public let head: HTTPRequestHead
  /// The body, with any transfer coding removed; empty when ``isTooLarge``.
  public let body: ByteBuffer
  /// The fields after a chunked body.
  public let trailers: HTTPHeaders?
  /// Whether the body went over the server's limit and was thrown away.
  public let isTooLarge: Bool
  /// The caller.
  public let remoteAddress: SocketAddress?

  /// The target without its query.
  public var path: Substring {
    head.uri.prefix { $0 != "?" }
  }

  /// The query as sent, without its question mark; empty when there is none.
  public var query: Substring {
    head.uri.dropFirst(path.utf8.count + 1)
  }

  /// The header field of that name, the first if there are several.
  public subscript(name: String) -> String? {
    head.headers.first(name: name)
  }
}
