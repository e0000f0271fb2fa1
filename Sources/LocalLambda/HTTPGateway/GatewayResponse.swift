import JSON
import NIOCore
import NIOHTTP1

/// The response that a function's answer makes, by the rules of payload format 2.0.
struct GatewayResponse {
  var status = HTTPResponseStatus.ok
  var headers = HTTPHeaders()
  var body = ByteBuffer()

  /// What the server decides for itself.
  private static let hopByHop: Set<String> = ["connection", "content-length", "transfer-encoding", "keep-alive"]

  /// Nil when the answer claims to be a response and is none: the caller gets a 500.
  init?(_ payload: ByteBuffer) {
    let json = try? JSONValue(parsing: payload.readableBytesView)
    guard let object = json?.objectValue, let statusCode = object["statusCode"] else {
      // No response: the answer itself is the body, and need not even be JSON; a JSON string is its text.
      headers.add(name: "content-type", value: "application/json")
      body = json?.stringValue.map { ByteBuffer(string: $0) } ?? payload
      return
    }
    guard let code = statusCode.int64Value ?? statusCode.stringValue.flatMap({ Int64($0) }), (100...599).contains(code),
      addHeaders(object["headers"]), addCookies(object["cookies"]),
      addBody(object["body"], isBase64: object["isBase64Encoded"])
    else { return nil }
    status = HTTPResponseStatus(statusCode: Int(code))
    if !headers.contains(name: "content-type"), body.readableBytes > 0 {
      headers.add(name: "content-type", value: "text/plain; charset=utf-8")
    }
  }

  private mutating func addHeaders(_ value: JSONValue?) -> Bool {
    guard let value, !value.isNull else { return true }
    guard let object = value.objectValue else { return false }
    for member in object where !Self.hopByHop.contains(member.name.lowercased()) {
      switch member.value {
      case .string(let text): headers.add(name: member.name, value: text)
      case .number, .bool: headers.add(name: member.name, value: member.value.serialized)
      default: return false
      }
    }
    return headers.allSatisfy { name, value in
      !name.isEmpty && !(name + value).utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 }
    }
  }

  private mutating func addCookies(_ value: JSONValue?) -> Bool {
    guard let value, !value.isNull else { return true }
    guard let cookies = value.arrayValue else { return false }
    for cookie in cookies {
      guard let text = cookie.stringValue, !text.utf8.contains(where: { $0 == 10 || $0 == 13 }) else { return false }
      headers.add(name: "set-cookie", value: text)
    }
    return true
  }

  private mutating func addBody(_ value: JSONValue?, isBase64: JSONValue?) -> Bool {
    guard let value, !value.isNull else { return true }
    guard let text = value.stringValue else { return false }
    guard isBase64?.boolValue == true else {
      body = ByteBuffer(string: text)
      return true
    }
    guard let bytes = Base64.decode(text) else { return false }
    body = ByteBuffer(bytes: bytes)
    return true
  }
}
