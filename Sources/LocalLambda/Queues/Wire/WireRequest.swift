import NIOCore

/// An HTTP request to the queues, with all of its body.
struct WireRequest: Sendable {
  var method: String
  /// The path and the query, as sent.
  var uri: String
  var host: String?
  var contentType: String?
  /// `X-Amz-Target`: the action in the JSON protocol.
  var target: String?
  var accept: String?
  /// What the request is signed with; only the names in it count.
  var authorization: String?
  /// `X-Amzn-Trace-Id`: the trace that the caller is part of.
  var traceHeader: String?
  /// The page that has a browser send it.
  var page = WebPage()
  var body: ByteBuffer

  var path: Substring { Substring(uri.utf8.prefix { $0 != UInt8(ascii: "?") }) }
  var query: Substring { Substring(uri.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()) }
}

/// An HTTP response to a ``WireRequest``.
struct WireResponse: Sendable {
  var status: Int
  var headers: [(String, String)]
  var body: [UInt8] = []
}
