import JSON
import NIOCore
import NIOHTTP1

/// A function's answer that cannot be made an HTTP response.
struct MalformedAnswer: Error, Equatable {}

/// How an HTTP API or a function URL makes a response of what a function answers.
struct AnswerRules: Sendable {
  let format: PayloadFormat
  /// Of a response that has none.
  let contentType: String
  /// What a caller gets for a function that failed, or for an answer that makes no sense.
  let failure: ServerResponse
  /// What a caller gets when all of the function's environments are busy.
  let throttled: ServerResponse

  /// The response to a call's result.
  func response(to result: InvocationResult) -> ServerResponse {
    switch result.outcome {
    case .throttled: throttled
    case .functionError: failure
    case .success(let payload, let contentType):
      (try? contentType == StreamPrelude.contentType ? streamed(payload) : buffered(payload)) ?? failure
    }
  }

  /// An object with a status is a response. In format 2.0 anything else is the body of one.
  private func buffered(_ payload: ByteBuffer) throws(MalformedAnswer) -> ServerResponse {
    let value = try? JSONValue(parsing: payload.readableBytesView)
    if let members = value?.objectValue, let status = members["statusCode"] {
      var response = ServerResponse(try Self.status(status), headers: try headers(members))
      response.body = try Self.body(members)
      return response
    }
    guard format == .version2 else { throw MalformedAnswer() }
    let body = value?.stringValue.map { ByteBuffer(string: $0) } ?? payload
    return ServerResponse(.ok, headers: ["content-type": "application/json"], body: body)
  }

  /// A streamed answer that has come in as a whole.
  private func streamed(_ payload: ByteBuffer) throws(MalformedAnswer) -> ServerResponse {
    var prelude = StreamPrelude()
    guard case .complete(let metadata, let rest) = prelude.take(payload) else { throw MalformedAnswer() }
    let (status, headers) = try head(metadata)
    return ServerResponse(status, headers: headers, body: rest)
  }

  /// Status and header fields of a streamed answer's metadata.
  func head(_ metadata: ByteBuffer) throws(MalformedAnswer) -> (HTTPResponseStatus, HTTPHeaders) {
    guard let members = (try? JSONValue(parsing: metadata.readableBytesView))?.objectValue else {
      throw MalformedAnswer()
    }
    return (try Self.status(members["statusCode"] ?? 200), try headers(members))
  }

  // MARK: The parts

  private static func status(_ value: JSONValue) throws(MalformedAnswer) -> HTTPResponseStatus {
    guard let code = value.int64Value ?? value.stringValue.flatMap({ Int64($0) }), (200...599).contains(code) else {
      throw MalformedAnswer()
    }
    return HTTPResponseStatus(statusCode: Int(code))
  }

  private func headers(_ members: JSONObject) throws(MalformedAnswer) -> HTTPHeaders {
    var headers = HTTPHeaders()
    if format == .version1 { try Self.addLists(members["multiValueHeaders"] ?? .null, to: &headers) }
    try Self.addSingles(members["headers"] ?? .null, to: &headers)
    if format == .version2 { try Self.addCookies(members["cookies"] ?? .null, to: &headers) }
    if !headers.contains(name: "content-type") { headers.add(name: "content-type", value: contentType) }
    return headers
  }

  private static func body(_ members: JSONObject) throws(MalformedAnswer) -> ByteBuffer {
    let isEncoded: Bool =
      switch members["isBase64Encoded"] ?? .null {
      case .null: false
      case .bool(let value): value
      case .string(let text): text.lowercased() == "true"
      default: throw MalformedAnswer()
      }
    switch members["body"] ?? .null {
    case .null: return ByteBuffer()
    case .string(let text) where isEncoded:
      guard let bytes = Base64.decode(text) else { throw MalformedAnswer() }
      return ByteBuffer(bytes: bytes)
    case .string(let text): return ByteBuffer(string: text)
    default: throw MalformedAnswer()
    }
  }

  private static func addLists(_ value: JSONValue, to headers: inout HTTPHeaders) throws(MalformedAnswer) {
    if value.isNull { return }
    guard let members = value.objectValue else { throw MalformedAnswer() }
    for member in members.members {
      guard let values = member.value.arrayValue else { throw MalformedAnswer() }
      for value in values { try add(member.name, value, to: &headers) }
    }
  }

  /// A value that is among those of the lists already is not sent twice.
  private static func addSingles(_ value: JSONValue, to headers: inout HTTPHeaders) throws(MalformedAnswer) {
    if value.isNull { return }
    guard let members = value.objectValue else { throw MalformedAnswer() }
    let lists = headers
    for member in members.members {
      if !lists.isEmpty, let text = member.value.stringValue, lists[member.name].contains(text) { continue }
      try add(member.name, member.value, to: &headers)
    }
  }

  private static func addCookies(_ value: JSONValue, to headers: inout HTTPHeaders) throws(MalformedAnswer) {
    if value.isNull { return }
    guard let cookies = value.arrayValue else { throw MalformedAnswer() }
    for cookie in cookies {
      guard case .string = cookie else { throw MalformedAnswer() }
      try add("set-cookie", cookie, to: &headers)
    }
  }

  /// Fields that the server sets itself.
  private static let own: Set<String> = ["content-length", "transfer-encoding", "connection", "keep-alive"]

  private static func add(_ name: String, _ value: JSONValue, to headers: inout HTTPHeaders) throws(MalformedAnswer) {
    guard HTTPField.isName(name) else { throw MalformedAnswer() }
    if own.contains(name.lowercased()) { return }
    switch value {
    case .string(let text):
      guard HTTPField.isValue(text) else { throw MalformedAnswer() }
      headers.add(name: name, value: text)
    case .number(let number): headers.add(name: name, value: number.text)
    case .bool(let value): headers.add(name: name, value: value ? "true" : "false")
    case .null: break
    case .array, .object: throw MalformedAnswer()
    }
  }
}
