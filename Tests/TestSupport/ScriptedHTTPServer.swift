import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A loopback HTTP server that does what a test's script says, byte by byte if need be.
///
/// ```swift
/// try await ScriptedHTTPServer.run { request, connection in
///   try await connection.reply(503, headers: [("Retry-After", "1")], body: "later")
/// } body: { server in
///   let response = try await client.send(HTTPClientRequest(url: server.url + "/x"))
/// }
/// ```
/// The script runs once a request. When it returns, the next request of that connection is read; when it throws, the
/// connection is closed. A script that never answers awaits ``ScriptedConnection/forever()``: the server's end
/// cancels it.
public final class ScriptedHTTPServer: Sendable {
  /// What to do with one request.
  public typealias Script = @Sendable (ScriptedRequest, ScriptedConnection) async throws -> Void

  private struct Seen {
    var connections = 0
    var requests: [ScriptedRequest] = []
  }

  /// The port on 127.0.0.1.
  public let port: Int
  private let seen = Mutex(Seen())

  private init(port: Int) { self.port = port }

  /// The base URL, without a slash at the end.
  public var url: String { "http://127.0.0.1:\(port)" }
  /// How many connections were accepted so far.
  public var acceptedConnections: Int { seen.withLock { $0.connections } }
  /// All complete requests so far, in the order they came in.
  public var requests: [ScriptedRequest] { seen.withLock { $0.requests } }

  /// Runs a server for as long as `body` lasts.
  public static func run<Result>(
    _ script: @escaping Script, body: (ScriptedHTTPServer) async throws -> Result
  ) async throws -> Result {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 512)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
          return try NIOAsyncChannel<HTTPServerRequestPart, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let server = ScriptedHTTPServer(port: listener.channel.localAddress?.port ?? 0)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await withThrowingDiscardingTaskGroup { connections in
          try await listener.executeThenClose { accepted in
            for try await channel in accepted {
              connections.addTask { await server.serve(channel, script) }
            }
          }
        }
      }
      defer { group.cancelAll() }
      return try await body(server)
    }
  }

  private func serve(_ channel: NIOAsyncChannel<HTTPServerRequestPart, ByteBuffer>, _ script: Script) async {
    let number = seen.withLock { seen in
      seen.connections += 1
      return seen.connections
    }
    // A client that goes away in the middle is what many tests are about, and no failure of the server.
    try? await channel.executeThenClose { parts, outbound in
      let connection = ScriptedConnection(channel: channel.channel, outbound: outbound)
      var head: HTTPRequestHead?
      var body: [UInt8] = []
      for try await part in parts {
        switch part {
        case .head(let newHead):
          head = newHead
          body = []
        case .body(let buffer): body.append(contentsOf: buffer.readableBytesView)
        case .end:
          guard let complete = head else { continue }
          let request = ScriptedRequest(
            method: complete.method.rawValue, target: complete.uri,
            headers: complete.headers.map { ($0.name, $0.value) },
            body: body, connection: number)
          seen.withLock { $0.requests.append(request) }
          try await script(request, connection)
        }
      }
    }
  }
}

/// A complete request, as it came in.
public struct ScriptedRequest: Sendable {
  /// The method.
  public let method: String
  /// The request target: path and query.
  public let target: String
  /// The header fields, in order.
  public let headers: [(name: String, value: String)]
  /// The whole body.
  public let body: [UInt8]
  /// Which of the server's connections it came on, counted from 1.
  public let connection: Int

  /// The first value of a header field.
  public subscript(header: String) -> String? {
    headers.first { $0.name.lowercased() == header.lowercased() }?.value
  }

  /// The body as text.
  public var text: String { String(decoding: body, as: UTF8.self) }
}

/// The way back to the client.
public struct ScriptedConnection: Sendable {
  private let channel: any Channel
  private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

  fileprivate init(channel: any Channel, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
    self.channel = channel
    self.outbound = outbound
  }

  /// Writes text as it is: a status line, half a chunk, garbage.
  public func write(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

  /// Writes bytes as they are.
  public func write(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

  /// Writes a complete answer with its length.
  public func reply(_ status: Int, headers: [(String, String)] = [], body: String = "") async throws {
    try await reply(status, headers: headers, bytes: Array(body.utf8))
  }

  /// Writes a complete answer of JSON.
  public func reply(_ status: Int = 200, json: String) async throws {
    try await reply(status, headers: [("Content-Type", "application/json")], body: json)
  }

  /// Writes a complete answer of bytes with its length.
  public func reply(_ status: Int, headers: [(String, String)] = [], bytes: [UInt8]) async throws {
    var head = "HTTP/1.1 \(status) Scripted\r\nContent-Length: \(bytes.count)\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    try await write(Array((head + "\r\n").utf8) + bytes)
  }

  /// Closes the connection at once.
  public func close() async throws { try await channel.close() }

  /// Waits until the client is gone or the test is over.
  public func forever() async throws {
    try await withTaskCancellationHandler {
      try await channel.closeFuture.get()
    } onCancel: {
      channel.close(promise: nil)
    }
  }
}
