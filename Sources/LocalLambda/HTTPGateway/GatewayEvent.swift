import JSON
import NIOCore
import NIOHTTP1

/// The event that a function gets for a request, in payload format 2.0.
///
/// See [Lambda proxy integrations](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
struct GatewayEvent {
  let request: ServerRequest
  let routeKey: String
  let pathParameters: [(name: String, value: String)]
  let traceID: String
  let requestID = RandomID.uuid()

  /// The event's JSON, written in one go.
  func payload(of function: FunctionConfiguration) -> [UInt8] {
    var writer = JSONWriter(capacity: request.body.readableBytes + 2048)
    writer.raw(#"{"version":"2.0","routeKey":"#)
    writer.string(routeKey)
    writer.raw(#","rawPath":"#)
    writer.string(path)
    writer.raw(#","rawQueryString":"#)
    writer.string(String(request.query))
    writeCookies(&writer)
    writer.raw(#","headers":"#)
    writeObject(joined(headers), &writer)
    let query = joined(QueryString.pairs(request.query))
    if !query.isEmpty {
      writer.raw(#","queryStringParameters":"#)
      writeObject(query, &writer)
    }
    if !pathParameters.isEmpty {
      writer.raw(#","pathParameters":"#)
      writeObject(pathParameters, &writer)
    }
    writeContext(function, &writer)
    writeBody(&writer)
    writer.raw("}")
    return writer.bytes
  }

  /// HTTP APIs decode the path, and cut it where that makes a question mark of it.
  private var path: String {
    String(PercentDecoding.decode(request.path).prefix { $0 != "?" })
  }

  private var sourceIP: String { request.peerAddress }

  /// The fields but for the cookies, with what the gateway adds.
  private var headers: [(name: String, value: String)] {
    var headers = request.head.headers.compactMap { name, value in
      let name = name.lowercased()
      return name == "cookie" || name == "transfer-encoding" ? nil : (name: name, value: value)
    }
    func add(_ name: String, _ value: String) {
      if !headers.contains(where: { $0.name == name }) { headers.append((name, value)) }
    }
    add("content-length", String(request.body.readableBytes))
    add("x-amzn-trace-id", traceID)
    add("x-forwarded-for", sourceIP)
    add("x-forwarded-port", request["host"]?.split(separator: ":").dropFirst().last.map(String.init) ?? "80")
    add("x-forwarded-proto", "http")
    return headers
  }

  /// Repeated names become one, their values joined by commas.
  private func joined(_ pairs: [(name: String, value: String)]) -> [(name: String, value: String)] {
    var result: [(name: String, value: String)] = []
    var places: [String: Int] = [:]
    for pair in pairs {
      if let place = places[pair.name] {
        result[place].value += "," + pair.value
      } else {
        places[pair.name] = result.count
        result.append(pair)
      }
    }
    return result
  }

  private func writeCookies(_ writer: inout JSONWriter) {
    let cookies = request.head.headers["cookie"].flatMap { $0.split(separator: ";") }
    guard !cookies.isEmpty else { return }
    writer.raw(#","cookies":["#)
    for (index, cookie) in cookies.enumerated() {
      if index > 0 { writer.raw(",") }
      writer.string(String(cookie.drop { $0 == " " }))
    }
    writer.raw("]")
  }

  private func writeContext(_ function: FunctionConfiguration, _ writer: inout JSONWriter) {
    let domain = request["host"].map { String($0.split(separator: ":")[0...].first ?? "localhost") } ?? "localhost"
    let now = WallClock.milliseconds()
    writer.raw(#","requestContext":{"accountId":"#)
    writer.string(function.identity.accountID)
    writer.raw(#","apiId":"local","domainName":"#)
    writer.string(domain)
    writer.raw(#","domainPrefix":"#)
    writer.string(String(domain.prefix { $0 != "." }))
    writer.raw(#","http":{"method":"#)
    writer.string(request.head.method.rawValue)
    writer.raw(#","path":"#)
    writer.string(path)
    writer.raw(#","protocol":"HTTP/1.1","sourceIp":"#)
    writer.string(sourceIP)
    writer.raw(#","userAgent":"#)
    writer.string(request["user-agent"] ?? "")
    writer.raw(#"},"requestId":"#)
    writer.string(requestID)
    writer.raw(#","routeKey":"#)
    writer.string(routeKey)
    writer.raw(#","stage":"$default","time":"#)
    writer.string(CommonLogTime.format(seconds: now / 1000))
    writer.raw(#","timeEpoch":"#)
    writer.integer(now)
    writer.raw("}")
  }

  private func writeBody(_ writer: inout JSONWriter) {
    guard request.body.readableBytes > 0 else { return writer.raw(#","isBase64Encoded":false"#) }
    writer.raw(#","body":"#)
    if isText, let text = String(validating: request.body.readableBytesView, as: UTF8.self) {
      writer.string(text)
      writer.raw(#","isBase64Encoded":false"#)
    } else {
      writer.string(Base64.encode(request.body.readableBytesView))
      writer.raw(#","isBase64Encoded":true"#)
    }
  }

  /// Whether the body reaches the function as text: forms and multipart do not.
  private var isText: Bool {
    guard let header = request["content-type"] else { return true }
    let type = header.prefix { $0 != ";" }.lowercased().trimmingSpaces
    return type.hasPrefix("text/") || type.hasSuffix("+json") || type.hasSuffix("+xml")
      || ["application/json", "application/javascript", "application/xml"].contains(type)
  }

  private func writeObject(_ pairs: [(name: String, value: String)], _ writer: inout JSONWriter) {
    writer.raw("{")
    for (index, pair) in pairs.enumerated() {
      if index > 0 { writer.raw(",") }
      writer.string(pair.name)
      writer.raw(":")
      writer.string(pair.value)
    }
    writer.raw("}")
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
