import JSON

/// What a route answers with.
struct Answer: Sendable {
  var status: Int
  var headers: [(name: String, value: String)]
  var body: [UInt8]

  init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer of the JSON that `write` writes.
  static func json(
    _ status: Int = 200, headers: [(name: String, value: String)] = [], capacity: Int = 256,
    _ write: (inout JSONWriter) -> Void
  ) -> Answer {
    var writer = JSONWriter(capacity: capacity)
    write(&writer)
    return Answer(status: status, headers: [("content-type", "application/json")] + headers, body: writer.bytes)
  }

  /// The answer in payload format 2.0, written without a detour, since the body is most of what a busy Backend has to
  /// copy.
  var payload: [UInt8] {
    var writer = JSONWriter(capacity: body.count + body.count / 4 + 256)
    writer.raw(#"{"statusCode":"#)
    writer.integer(status)
    if !headers.isEmpty {
      writer.raw(#","headers":{"#)
      for (index, header) in headers.enumerated() {
        if index > 0 { writer.raw(",") }
        writer.string(header.name)
        writer.raw(":")
        writer.string(header.value)
      }
      writer.raw("}")
    }
    if !body.isEmpty {
      writer.raw(#","body":"#)
      body.withUnsafeBufferPointer { writer.string(utf8: $0) }
    }
    writer.raw("}")
    return writer.bytes
  }
}
