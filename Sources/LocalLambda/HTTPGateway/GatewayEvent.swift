import JSON
import NIOCore
import NIOHTTP1

/// A request on its way into an event: what the formats write, each in its own way, straight into one buffer.
///
/// See [Lambda proxy integrations](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html)
/// and [function URLs](https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
struct GatewayEvent {
  /// Where the request came in.
  struct Endpoint: Sendable {
    var accountID: String
    var apiID: String
    var domainName: String
    var stage = "$default"
    var stageVariables: [(name: String, value: String)] = []
    /// API Gateway says how long an empty body is.
    var alwaysHasLength = true

    /// The first label of the name.
    var domainPrefix: String { String(domainName.prefix { $0 != "." }) }
  }

  let request: ServerRequest
  let endpoint: Endpoint
  /// As API Gateway writes it: `$default`, `GET /users/{id}`.
  let routeKey: String
  let pathParameters: [(name: String, value: String)]
  /// As the function is to see it.
  let path: String
  /// The server's own.
  let port: Int
  let requestID: String
  let traceID: String
  /// Since 1970.
  let milliseconds: Int64
  /// Who signed the request, where that is asked for.
  let caller: SignedCaller?

  /// An event of a request, as of now; the caller's trace goes on.
  init(
    request: ServerRequest, endpoint: Endpoint, routeKey: String, pathParameters: [(name: String, value: String)],
    path: String, port: Int, requestID: String, caller: SignedCaller? = nil,
    milliseconds: Int64 = WallClock.milliseconds()
  ) {
    self.request = request
    self.endpoint = endpoint
    self.routeKey = routeKey
    self.pathParameters = pathParameters
    self.path = path
    self.port = port
    self.requestID = requestID
    self.milliseconds = milliseconds
    self.caller = caller
    traceID = TraceID.complete(request["x-amzn-trace-id"])
  }

  /// The call that brings the event to the function; nil when it is too large for one.
  func invocation(_ format: PayloadFormat) -> Invocation? {
    let payload = bytes(format)
    guard payload.readableBytes <= InvokeRequest.Kind.requestResponse.maximumBytes else { return nil }
    var invocation = Invocation(payload: payload)
    invocation.requestID = requestID
    invocation.traceID = traceID
    return invocation
  }

  /// The event in a format.
  func bytes(_ format: PayloadFormat) -> ByteBuffer {
    var writer = JSONWriter(capacity: 1024 + 2 * request.head.uri.utf8.count + request.body.readableBytes * 3 / 2)
    switch format {
    case .version1: writeFormat1(to: &writer)
    case .version2: writeFormat2(to: &writer)
    }
    return ByteBuffer(bytes: writer.bytes)
  }

  /// `HTTP/1.1`, which is what API Gateway and Lambda say of every request.
  static let protocolName = "HTTP/1.1"

  /// The caller's program.
  var userAgent: String { request["user-agent"] ?? "" }

  /// A path as an HTTP API shows it in format 2.0: decoded, and cut at a `?` that comes to light.
  static func decodedPath(_ path: Substring) -> String {
    let decoded = PercentDecoding.decode(path)
    return decoded.utf8.contains(UInt8(ascii: "?")) ? String(decoded.prefix { $0 != "?" }) : decoded
  }

  /// Begins `"requestContext"`, which its format ends.
  func beginContext(to writer: inout JSONWriter) {
    writer.raw(#","requestContext":{"accountId":"#)
    writer.string(endpoint.accountID)
    writer.member("apiId", endpoint.apiID)
    writer.member("domainName", endpoint.domainName)
    writer.member("domainPrefix", endpoint.domainPrefix)
  }

  /// The decoded parameters of the query.
  func queryParameters() -> ValueLists {
    var parameters = ValueLists()
    for (name, value) in QueryString.pairs(request.query) { parameters.add(value, to: name) }
    return parameters
  }

  // MARK: Header fields

  /// The caller's fields, with names as they were sent (of one name in several cases the first), and the gateway's own
  /// behind them.
  ///
  /// Fields that concern the connection are dropped, and so are those that the gateway writes itself.
  func fields() -> ValueLists {
    var fields = ValueLists()
    var forwardedFor = ""
    for (name, value) in request.head.headers {
      switch name.lowercased() {
      case "x-forwarded-for": forwardedFor += "\(value), "
      case "connection", "keep-alive", "transfer-encoding", "te", "trailer", "expect", "upgrade", "content-length",
        "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id":
        break
      default: fields.add(value, to: name, ignoringCase: true)
      }
    }
    fields.add(traceID, to: "x-amzn-trace-id")
    fields.add(forwardedFor + request.peerAddress, to: "x-forwarded-for")
    fields.add(String(port), to: "x-forwarded-port")
    fields.add("http", to: "x-forwarded-proto")
    let length = request.body.readableBytes
    if length > 0 || endpoint.alwaysHasLength || request.head.headers.contains(name: "content-length") {
      fields.add(String(length), to: "content-length")
    }
    return fields
  }

  // MARK: Body

  /// Writes `"body":…,"isBase64Encoded":…`.
  func writeBody(orNull: Bool, to writer: inout JSONWriter) {
    let body = request.body
    guard body.readableBytes > 0 else {
      if orNull { writer.raw(#""body":null,"#) }
      return writer.raw(#""isBase64Encoded":false"#)
    }
    writer.raw(#""body":"#)
    if Self.isText(request["content-type"]),
      let text = String(validating: body.readableBytesView, as: UTF8.self)
    {
      writer.string(text)
      writer.raw(#","isBase64Encoded":false"#)
    } else {
      writer.string(Base64.encode(body.readableBytesView))
      writer.raw(#","isBase64Encoded":true"#)
    }
  }

  /// Whether a body of this type reaches the function as text. Forms do not, of either kind.
  static func isText(_ contentType: String?) -> Bool {
    guard let type = contentType?.prefix(while: { $0 != ";" }) else { return false }
    let name = trimmed(type).lowercased()
    if name.hasPrefix("text/") || name.hasSuffix("+json") || name.hasSuffix("+xml") { return true }
    return ["application/json", "application/javascript", "application/xml"].contains(name)
  }

  static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}

extension JSONWriter {
  /// Writes a member of text that is not the first of its object.
  mutating func member(_ name: String, _ value: String) {
    raw(",\"")
    raw(name)
    raw("\":")
    string(value)
  }

  /// Writes an object of strings.
  mutating func object(_ members: [(name: String, value: String)]) {
    raw("{")
    for (index, member) in members.enumerated() {
      if index > 0 { raw(",") }
      string(member.name)
      raw(":")
      string(member.value)
    }
    raw("}")
  }

  /// Writes an object of lists of strings.
  mutating func lists(_ members: [(name: String, values: [String])]) {
    raw("{")
    for (index, member) in members.enumerated() {
      if index > 0 { raw(",") }
      string(member.name)
      raw(":")
      array(member.values)
    }
    raw("}")
  }

  /// Writes an array of strings.
  mutating func array(_ texts: [String]) {
    raw("[")
    for (index, text) in texts.enumerated() {
      if index > 0 { raw(",") }
      string(text)
    }
    raw("]")
  }
}
