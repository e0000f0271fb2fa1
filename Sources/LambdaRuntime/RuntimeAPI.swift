import Logging
import Synchronization

/// The Runtime API cannot be used any more: the process has to end.
struct RuntimeAPIError: Error, Hashable, CustomStringConvertible {
  let description: String
}

/// Lambda's Runtime API over one connection; see
/// [Using the Lambda runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
///
/// Calls block. An answer that the API refuses with a 4xx (too late, too large) is logged, and life goes on.
final class RuntimeAPI: Sendable {
  private let endpoint: Endpoint
  private let nextRequest: [UInt8]
  let logger: Logger
  private let connection: Mutex<HTTPConnection>

  init(at endpoint: Endpoint, logger: Logger) {
    self.endpoint = endpoint
    self.logger = logger
    nextRequest = RequestHead("GET", "/invocation/next", at: endpoint).finished()
    connection = Mutex(HTTPConnection(to: endpoint))
  }

  /// Waits for the next event.
  func next() throws(RuntimeAPIError) -> Invocation {
    let response = try call("waiting for the next event") { (connection) throws(HTTPConnectionError) in
      try connection.exchange(head: nextRequest)
    }
    guard response.status == 200 else { throw unexpected(response, "waiting for the next event") }
    return try Invocation(response, logger: logger)
  }

  /// Answers an event.
  func respond(to invocation: Invocation, with body: [UInt8], contentType: String) throws(RuntimeAPIError) {
    var head = RequestHead("POST", "/invocation/\(invocation.context.requestID)/response", at: endpoint)
    head.add("Content-Type", contentType)
    try post(head, body, for: invocation, "answering an event")
  }

  /// Tells that an event could not be answered.
  func fail(_ invocation: Invocation, with report: FailureReport) throws(RuntimeAPIError) {
    var head = RequestHead("POST", "/invocation/\(invocation.context.requestID)/error", at: endpoint)
    head.add("Content-Type", "application/json")
    head.add("Lambda-Runtime-Function-Error-Type", report.headerValue)
    try post(head, report.json, for: invocation, "reporting an error")
  }

  /// Tells that the function cannot be made ready.
  func failInitialization(with report: FailureReport) throws(RuntimeAPIError) {
    var head = RequestHead("POST", "/init/error", at: endpoint)
    head.add("Content-Type", "application/json")
    head.add("Lambda-Runtime-Function-Error-Type", report.headerValue)
    try post(head, report.json, for: nil, "reporting a failed initialisation")
  }

  private func post(
    _ head: RequestHead, _ body: [UInt8], for invocation: Invocation?, _ action: String
  ) throws(RuntimeAPIError) {
    var head = head
    head.add("Content-Length", "\(body.count)")
    if let id = invocation?.invocationID { head.add("Lambda-Runtime-Invocation-Id", id) }
    let request = head.finished()
    let response = try call(action) { (connection) throws(HTTPConnectionError) in
      try connection.exchange(head: request, body: body)
    }
    try check(response, of: invocation, action)
  }

  // MARK: Streams

  /// Begins an answer that is sent in pieces, with the first of them.
  func beginStream(
    for invocation: Invocation, contentType: String, with chunk: [UInt8]
  ) throws(HTTPConnectionError) {
    var head = RequestHead("POST", "/invocation/\(invocation.context.requestID)/response", at: endpoint)
    head.add("Content-Type", contentType)
    head.add("Lambda-Runtime-Function-Response-Mode", "streaming")
    head.add("Transfer-Encoding", "chunked")
    head.add("Trailer", "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")
    if let id = invocation.invocationID { head.add("Lambda-Runtime-Invocation-Id", id) }
    let request = head.finished()
    try connection.withLock { (connection) throws(HTTPConnectionError) in
      connection.closeIfStale()
      try connection.send(request, Self.chunk(chunk))
    }
  }

  /// Sends one more piece of the answer.
  func continueStream(with chunk: [UInt8]) throws(HTTPConnectionError) {
    try connection.withLock { (connection) throws(HTTPConnectionError) in
      try connection.send(Self.chunk(chunk))
    }
  }

  /// Ends an answer that was sent in pieces; the trailers tell what went wrong in the middle of it, if anything did.
  ///
  /// Pieces cannot be sent again on another connection, so a broken one only costs this answer.
  func endStream(of invocation: Invocation, failure: FailureReport?) throws(RuntimeAPIError) {
    var end = Array("0\r\n".utf8)
    if let failure {
      end += "Lambda-Runtime-Function-Error-Type: \(failure.headerValue)\r\n".utf8
      end += Array("Lambda-Runtime-Function-Error-Body: ".utf8) + base64(failure.json) + Array("\r\n".utf8)
    }
    end += "\r\n".utf8
    let response: HTTPResponse
    do {
      response = try connection.withLock { (connection) throws(HTTPConnectionError) in
        // After a send that failed there may still be an answer that says why.
        do { try connection.send(end) } catch {
          defer { connection.close() }
          return try connection.receive()
        }
        return try connection.receive()
      }
    } catch {
      invocation.context.logger.error("the answer was cut off", metadata: ["reason": "\(error)"])
      return
    }
    try check(response, of: invocation, "streaming an answer")
  }

  private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.isEmpty { return [] }  // an empty chunk would be the last one
    var chunk = Array((String(bytes.count, radix: 16) + "\r\n").utf8)
    chunk.reserveCapacity(chunk.count + bytes.count + 2)
    chunk += bytes
    chunk += "\r\n".utf8
    return chunk
  }

  // MARK: Answers

  private func call(
    _ action: String, _ exchange: (inout HTTPConnection) throws(HTTPConnectionError) -> HTTPResponse
  ) throws(RuntimeAPIError) -> HTTPResponse {
    do {
      return try connection.withLock { (connection) throws(HTTPConnectionError) in try exchange(&connection) }
    } catch {
      throw RuntimeAPIError(description: "Lambda's Runtime API at \(endpoint.authority), \(action): \(error)")
    }
  }

  private func check(_ response: HTTPResponse, of invocation: Invocation?, _ action: String) throws(RuntimeAPIError) {
    switch response.status {
    case 200..<300: return
    case 400..<500:
      (invocation?.context.logger ?? logger).warning(
        "the Runtime API refused what it was sent",
        metadata: ["action": "\(action)", "status": "\(response.status)", "answer": "\(response.excerpt)"])
    default: throw unexpected(response, action)
    }
  }

  private func unexpected(_ response: HTTPResponse, _ action: String) -> RuntimeAPIError {
    RuntimeAPIError(
      description:
        "Lambda's Runtime API at \(endpoint.authority), \(action): it answered \(response.status) \(response.excerpt)")
  }
}

/// The head of a request, as it is put together.
private struct RequestHead {
  private var bytes: [UInt8] = []

  init(_ method: String, _ path: String, at endpoint: Endpoint) {
    bytes.reserveCapacity(512)
    bytes += "\(method) \(endpoint.path)/2018-06-01/runtime\(path) HTTP/1.1\r\n".utf8
    add("Host", endpoint.authority)
  }

  /// Adds a field; control characters, which would end it early, are left out.
  mutating func add(_ name: String, _ value: String) {
    bytes += name.utf8
    bytes += ": ".utf8
    bytes += value.utf8.lazy.filter { $0 >= 0x20 }
    bytes += "\r\n".utf8
  }

  func finished() -> [UInt8] { bytes + "\r\n".utf8 }
}

extension HTTPResponse {
  /// The beginning of the body, for a message.
  fileprivate var excerpt: String {
    let line = body.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(decoding: line.prefix(300), as: UTF8.self)
  }
}
