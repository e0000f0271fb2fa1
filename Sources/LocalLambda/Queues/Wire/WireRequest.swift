/// An HTTP request to the queues, with all of its body.
struct WireRequest: Sendable {
  var method: String
  /// The path and the query, as sent.
  var uri: String
  var host: String?
  var contentType: String?
  /// `X-Amz-Target`: the action in the JSON protocol.
  var target: String?
  var body: [UInt8]

  var path: Substring { uri.prefix { $0 != "?" } }
  var query: Substring { uri.drop { $0 != "?" }.dropFirst() }
}

/// An HTTP response to a ``WireRequest``.
struct WireResponse: Sendable {
  var status = 200
  var contentType: String
  var headers: [(name: String, value: String)] = []
  var body: [UInt8]
}
