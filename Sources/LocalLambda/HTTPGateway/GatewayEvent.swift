import JSON
import NIOCore
import NIOHTTP1

/// Writes a request as an event in payload format 2.0, straight into one buffer.
struct GatewayEvent {
  let request: ServerRequest
  let match: HTTPRouter.Match
  let identity: AccountIdentity
  let port: Int
  let requestID: String
  let traceID: String
  let milliseconds: Int64

  /// Fields that concern the connection, not the request.
  private static let hopByHop: Set<String> = [
    "connection", "keep-alive", "transfer-encoding", "expect", "upgrade", "cookie", "content-length",
    "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id",
  ]

  /// The event.
  func bytes() -> ByteBuffer {
    let path = decodedPath
    var writer = JSONWriter(capacity: 1024 + request.head.uri.utf8.count + request.body.readableBytes * 3 / 2)
    writer.raw(#"{"version":"2.0","routeKey":"#)
    writer.string(match.route.key)
    writer.raw(#","rawPath":"#)
    writer.string(path)
    writer.raw(#","rawQueryString":"#)
    writer.string(String(request.query))
    let userAgent = writeHeaders(to: &writer)
    writeQuery(to: &writer)
    writeContext(path: path, userAgent: userAgent, to: &writer)
    if !match.parameters.isEmpty {
      writer.raw(#","pathParameters":"#)
      Self.write(match.parameters, to: &writer)
    }
    writeBody(to: &writer)
    writer.raw("}")
    return ByteBuffer(bytes: writer.bytes)
  }

  /// An HTTP API decodes the path, and cuts it at a `?` that comes to light.
  private var decodedPath: String {
    let decoded = PercentDecoding.decode(request.path)
    return decoded.utf8.contains(UInt8(ascii: "?")) ? String(decoded.prefix { $0 != "?" }) : decoded
  }

  /// Writes cookies and header fields, names in lower case and repeats joined; returns the user agent.
  private func writeHeaders(to writer: inout JSONWriter) -> String {
    var fields: [(name: String, value: String)] = []
    var cookies: [Substring] = []
    var userAgent = ""
    var forwardedFor = ""
    for (name, value) in request.head.headers {
      let name = name.lowercased()
      if Self.hopByHop.contains(name) {
        if name == "cookie" {
          cookies += value.split(separator: ";").map(Self.trimmed).filter { !$0.isEmpty }
        } else if name == "x-forwarded-for" {
          forwardedFor += "\(value), "
        }
        continue
      }
      if name == "user-agent" { userAgent = value }
      if let index = fields.firstIndex(where: { $0.name == name }) {
        fields[index].value += ",\(value)"
      } else {
        fields.append((name, value))
      }
    }
    fields.append(("content-length", String(request.body.readableBytes)))
    fields.append(("x-amzn-trace-id", traceID))
    fields.append(("x-forwarded-for", forwardedFor + request.peerAddress))
    fields.append(("x-forwarded-port", String(port)))
    fields.append(("x-forwarded-proto", "http"))
    if !cookies.isEmpty {
      writer.raw(#","cookies":["#)
      for (index, cookie) in cookies.enumerated() {
        if index > 0 { writer.raw(",") }
        writer.string(String(cookie))
      }
      writer.raw("]")
    }
    writer.raw(#","headers":"#)
    Self.write(fields, to: &writer)
    return userAgent
  }

  private func writeQuery(to writer: inout JSONWriter) {
    guard !request.query.isEmpty else { return }
    var parameters: [(name: String, value: String)] = []
    for (name, value) in QueryString.pairs(request.query) {
      if let index = parameters.firstIndex(where: { $0.name == name }) {
        parameters[index].value += ",\(value)"
      } else {
        parameters.append((name, value))
      }
    }
    writer.raw(#","queryStringParameters":"#)
    Self.write(parameters, to: &writer)
  }

  private func writeContext(path: String, userAgent: String, to writer: inout JSONWriter) {
    let host = (request.head.headers.first(name: "host") ?? "localhost").prefix { $0 != ":" }
    writer.raw(#","requestContext":{"accountId":"#)
    writer.string(identity.accountID)
    writer.raw(#","apiId":"local","domainName":"#)
    writer.string(String(host))
    writer.raw(#","domainPrefix":"#)
    writer.string(String(host.prefix { $0 != "." }))
    writer.raw(#","http":{"method":"#)
    writer.string(request.head.method.rawValue)
    writer.raw(#","path":"#)
    writer.string(path)
    writer.raw(#","protocol":"HTTP/1.1","sourceIp":"#)
    writer.string(request.peerAddress)
    writer.raw(#","userAgent":"#)
    writer.string(userAgent)
    writer.raw(#"},"requestId":"#)
    writer.string(requestID)
    writer.raw(#","routeKey":"#)
    writer.string(match.route.key)
    writer.raw(#","stage":"$default","time":"#)
    writer.string(CommonLogTime.format(seconds: milliseconds / 1_000))
    writer.raw(#","timeEpoch":"#)
    writer.integer(milliseconds)
    writer.raw("}")
  }

  private func writeBody(to writer: inout JSONWriter) {
    let body = request.body
    guard body.readableBytes > 0 else { return writer.raw(#","isBase64Encoded":false"#) }
    writer.raw(#","body":"#)
    if Self.isText(request.head.headers.first(name: "content-type")),
      let text = String(validating: body.readableBytesView, as: UTF8.self)
    {
      writer.string(text)
      writer.raw(#","isBase64Encoded":false"#)
    } else {
      writer.string(Base64.encode(body.readableBytesView))
      writer.raw(#","isBase64Encoded":true"#)
    }
  }

  /// Whether a body of this type reaches the function as text.
  static func isText(_ contentType: String?) -> Bool {
    guard let type = contentType?.prefix(while: { $0 != ";" }) else { return false }
    let name = trimmed(type).lowercased()
    if name.hasPrefix("text/") || name.hasSuffix("+json") || name.hasSuffix("+xml") { return true }
    return ["application/json", "application/javascript", "application/xml"].contains(name)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }

  private static func write(_ members: [(name: String, value: String)], to writer: inout JSONWriter) {
    writer.raw("{")
    for (index, member) in members.enumerated() {
      if index > 0 { writer.raw(",") }
      writer.string(member.name)
      writer.raw(":")
      writer.string(member.value)
    }
    writer.raw("}")
  }
}
