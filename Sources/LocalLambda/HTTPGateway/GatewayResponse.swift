import JSON
import NIOCore
import NIOHTTP1

/// Makes an HTTP response of a function's answer, by the rules of payload format 2.0.
enum GatewayResponse {
  /// How a runtime marks a streamed response: metadata, eight NULs, body.
  private static let integrationType = "application/vnd.awslambda.http-integration-response"

  /// What API Gateway answers by itself.
  static func message(_ status: HTTPResponseStatus, _ text: StaticString) -> ServerResponse {
    ServerResponse(status, contentType: "application/json", "{\"message\":\"\(text)\"}")
  }

  static let failure = message(.internalServerError, "Internal Server Error")

  /// The response to a call's result.
  static func response(to result: InvocationResult) -> ServerResponse {
    switch result.outcome {
    case .throttled: message(.serviceUnavailable, "Service Unavailable")
    case .functionError: failure
    case .success(let payload, let contentType):
      if contentType == integrationType {
        streamed(payload) ?? failure
      } else {
        buffered(payload) ?? failure
      }
    }
  }

  /// An object with a status code is a response; of anything else the payload is the body. Nil: malformed.
  private static func buffered(_ payload: ByteBuffer) -> ServerResponse? {
    let value = try? JSONValue(parsing: payload.readableBytesView)
    if let members = value?.objectValue, let status = members["statusCode"] {
      return response(status, members) { () throws(Malformed) in try self.text(members) }
    }
    var body = payload
    if let text = value?.stringValue { body = ByteBuffer(string: text) }
    return ServerResponse(.ok, headers: ["content-type": "application/json"], body: body)
  }

  private static func streamed(_ payload: ByteBuffer) -> ServerResponse? {
    let bytes = payload.readableBytesView
    var nuls = 0
    for index in bytes.indices {
      nuls = bytes[index] == 0 ? nuls + 1 : 0
      guard nuls == 8 else { continue }
      guard let prelude = try? JSONValue(parsing: bytes[..<(index - 7)]), let members = prelude.objectValue else {
        return nil
      }
      return response(members["statusCode"] ?? 200, members) { ByteBuffer(bytes[(index + 1)...]) }
    }
    return nil
  }

  private struct Malformed: Error {}

  private static func response(
    _ status: JSONValue, _ members: JSONObject, body: () throws(Malformed) -> ByteBuffer
  ) -> ServerResponse? {
    do throws(Malformed) {
      guard let code = status.int64Value ?? status.stringValue.flatMap({ Int64($0) }), (200...599).contains(code)
      else { throw Malformed() }
      var headers = HTTPHeaders()
      try addHeaders(members["headers"] ?? .null, to: &headers)
      try addCookies(members["cookies"] ?? .null, to: &headers)
      if !headers.contains(name: "content-type") {
        headers.add(name: "content-type", value: "text/plain; charset=utf-8")
      }
      return ServerResponse(HTTPResponseStatus(statusCode: Int(code)), headers: headers, body: try body())
    } catch {
      return nil
    }
  }

  private static func text(_ members: JSONObject) throws(Malformed) -> ByteBuffer {
    let isEncoded: Bool =
      switch members["isBase64Encoded"] ?? .null {
      case .null: false
      case .bool(let value): value
      case .string(let text): text.lowercased() == "true"
      default: throw Malformed()
      }
    switch members["body"] ?? .null {
    case .null: return ByteBuffer()
    case .string(let text) where isEncoded:
      guard let bytes = Base64.decode(text) else { throw Malformed() }
      return ByteBuffer(bytes: bytes)
    case .string(let text): return ByteBuffer(string: text)
    default: throw Malformed()
    }
  }

  /// Fields that the server sets itself.
  private static let own: Set<String> = ["content-length", "transfer-encoding", "connection", "keep-alive"]

  private static func addHeaders(_ value: JSONValue, to headers: inout HTTPHeaders) throws(Malformed) {
    if value.isNull { return }
    guard let members = value.objectValue else { throw Malformed() }
    for member in members.members {
      guard isToken(member.name) else { throw Malformed() }
      if own.contains(member.name.lowercased()) { continue }
      switch member.value {
      case .string(let text): headers.add(name: member.name, value: text)
      case .number(let number): headers.add(name: member.name, value: number.text)
      case .bool(let value): headers.add(name: member.name, value: value ? "true" : "false")
      case .null: break
      case .array, .object: throw Malformed()
      }
    }
  }

  private static func addCookies(_ value: JSONValue, to headers: inout HTTPHeaders) throws(Malformed) {
    if value.isNull { return }
    guard let cookies = value.arrayValue else { throw Malformed() }
    for cookie in cookies {
      guard let text = cookie.stringValue else { throw Malformed() }
      headers.add(name: "set-cookie", value: text)
    }
  }

  /// Whether a text can name a header field.
  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
