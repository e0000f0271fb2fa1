import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A Runtime API that a test plays by hand, over real sockets. Its calls block, so scripts run on threads of their own.
final class ScriptedRuntimeAPI: Sendable {
  struct Problem: Error {
    let what: String
  }

  private let listener: Int32
  let port: UInt16

  init() throws {
    listener = socket(AF_INET, tcpStream, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 16) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard status else { throw Problem(what: "no socket to listen on: \(String(cString: strerror(errno)))") }
    port = UInt16(bigEndian: address.sin_port)
    limitWaiting(on: listener)
  }

  deinit { close(listener) }

  /// Takes no further connections.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  /// The value of `AWS_LAMBDA_RUNTIME_API`.
  var address: String { "127.0.0.1:\(port)" }

  /// Waits for the next connection.
  func accept() throws -> ScriptedConnection {
    #if canImport(Glibc)
      let descriptor = Glibc.accept(listener, nil, nil)
    #else
      let descriptor = Darwin.accept(listener, nil, nil)
    #endif
    guard descriptor >= 0 else { throw Problem(what: "nobody connected: \(String(cString: strerror(errno)))") }
    limitWaiting(on: descriptor)
    return ScriptedConnection(descriptor)
  }
}

/// One connection to the scripted Runtime API.
final class ScriptedConnection {
  /// A request as it arrived.
  struct Request {
    let line: String
    let headers: [String: String]
    let body: String
    let trailers: [String: String]

    var path: String { String(line.split(separator: " ")[1].dropFirst("/2018-06-01/runtime".count)) }
  }

  private let descriptor: Int32
  private var unread: [UInt8] = []
  private var isClosed = false

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close() }

  func close() {
    if !isClosed { closeDescriptor(descriptor) }
    isClosed = true
  }

  /// Waits for a whole request; nil when the other side closes the connection instead.
  func request() throws -> Request? {
    guard let line = try line() else { return nil }
    let headers = try fields()
    var trailers: [String: String] = [:]
    var body: [UInt8] = []
    if headers["transfer-encoding"] == "chunked" {
      while let size = Int(try requiredLine(), radix: 16) {
        if size == 0 {
          trailers = try fields()
          break
        }
        body += try bytes(size)
        _ = try requiredLine()
      }
    } else {
      body = try bytes(Int(headers["content-length"] ?? "0") ?? 0)
    }
    return Request(line: line, headers: headers, body: String(decoding: body, as: UTF8.self), trailers: trailers)
  }

  /// Waits for the beginning of something.
  func waitForBytes() throws {
    guard try receive() else { throw ScriptedRuntimeAPI.Problem(what: "the connection was closed") }
  }

  /// Reads until the other side closes the connection.
  func waitForEnd() throws {
    while try receive() {}
  }

  /// Waits for a request that has to come.
  func nextRequest() throws -> Request {
    guard let request = try request() else { throw ScriptedRuntimeAPI.Problem(what: "the connection was closed") }
    return request
  }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { sendWithoutSignal(descriptor, $0) }
      if count <= 0 { return }
      sent += count
    }
  }

  /// Answers with a status, headers and a body of known length.
  func answer(_ status: Int, _ body: String = #"{"status":"OK"}"#, headers: [String: String] = [:]) {
    let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
    send("HTTP/1.1 \(status) Whatever\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  /// Takes the request for the next event and answers it with this one.
  func give(_ event: String, id: String = "r-1", headers: [String: String] = [:]) throws {
    let request = try nextRequest()
    guard request.line == "GET /2018-06-01/runtime/invocation/next HTTP/1.1" else {
      throw ScriptedRuntimeAPI.Problem(what: "asked for \(request.line) and not for the next event")
    }
    answer(200, event, headers: Self.eventHeaders(id).merging(headers) { _, new in new })
  }

  static func eventHeaders(_ id: String) -> [String: String] {
    let deadline = Int64(Date().timeIntervalSince1970 * 1000) + 30_000
    return [
      "Lambda-Runtime-Aws-Request-Id": id, "Lambda-Runtime-Deadline-Ms": "\(deadline)",
      "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:echo",
    ]
  }

  /// Gives an event, takes what the function posts, and accepts it.
  func exchange(_ event: String, id: String = "r-1", headers: [String: String] = [:]) throws -> Request {
    try give(event, id: id, headers: headers)
    let posted = try nextRequest()
    answer(202)
    return posted
  }

  private func fields() throws -> [String: String] {
    var fields: [String: String] = [:]
    while case let line = try requiredLine(), !line.isEmpty {
      let parts = line.split(separator: ":", maxSplits: 1)
      fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return fields
  }

  private func requiredLine() throws -> String {
    guard let line = try line() else { throw ScriptedRuntimeAPI.Problem(what: "a request was cut off") }
    return line
  }

  private func line() throws -> String? {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = unread[..<end]
        unread.removeSubrange(...end)
        return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
      }
      if try !receive() { return nil }
    }
  }

  private func bytes(_ count: Int) throws -> [UInt8] {
    while unread.count < count {
      guard try receive() else { throw ScriptedRuntimeAPI.Problem(what: "a request was cut off") }
    }
    defer { unread.removeFirst(count) }
    return Array(unread.prefix(count))
  }

  private func receive() throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0, errno == EAGAIN { throw ScriptedRuntimeAPI.Problem(what: "nothing came for a minute") }
    if count > 0 { unread += buffer[..<count] }
    return count > 0
  }
}

/// Runs blocking code on a thread of its own, so that it keeps no task from running.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread { continuation.resume(with: Result(catching: body)) }.start()
  }
}

/// A wait that lasts a minute fails the test instead of hanging it.
private func limitWaiting(on descriptor: Int32) {
  var limit = timeval(tv_sec: 60, tv_usec: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
}

private func closeDescriptor(_ descriptor: Int32) {
  // A process that another test starts this moment has a copy until it executes: closing alone would not end it.
  shutdown(descriptor, Int32(SHUT_RDWR))
  close(descriptor)
}

#if canImport(Glibc)
  private let tcpStream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
  private func sendWithoutSignal(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
  }
#else
  private let tcpStream = SOCK_STREAM
  private func sendWithoutSignal(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    signal(SIGPIPE, SIG_IGN)
    return send(descriptor, bytes.baseAddress, bytes.count, 0)
  }
#endif
