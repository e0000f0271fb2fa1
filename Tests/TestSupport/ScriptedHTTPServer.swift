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

  private struct State {
    var connections: [Task<Void, Never>] = []
    var requests: [ScriptedRequest] = []
  }

  /// The port on 127.0.0.1.
  public let port: Int
  private let state: SharedState

  private init(port: Int, state: SharedState) {
    self.port = port
    self.state = state
  }

  /// The base URL, without a slash at the end.
  public var url: String { "http://127.0.0.1:\(port)" }
  /// How many connections were accepted so far.
  public var acceptedConnections: Int { state.value.withLock { $0.connections.count } }
  /// All complete requests so far, in the order they came in.
  public var requests: [ScriptedRequest] { state.value.withLock { $0.requests } }

  /// Runs a server for as long as `body` lasts.
  public static func run<Result>(
    _ script: @escaping Script, body: (ScriptedHTTPServer) async throws -> Result
  ) async throws -> Result {
    let state = SharedState()
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 512)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let (requests, continuation) = AsyncStream.makeStream(of: ScriptedRequest.self)
          let number = state.value.withLock { state in
            state.connections.append(Task { await serve(requests, on: channel, script) })
            return state.connections.count
          }
          try channel.pipeline.syncOperations.addHandlers(
            ByteToMessageHandler(HTTPRequestDecoder()),
            RequestCollector(connection: number) { request in
              state.value.withLock { $0.requests.append(request) }
              continuation.yield(request)
            } end: {
              continuation.finish()
            })
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    func stop() async {
      try? await listener.close()
      let connections = state.value.withLock { $0.connections }
      for connection in connections { connection.cancel() }
      for connection in connections { await connection.value }
    }
    do {
      let result = try await body(ScriptedHTTPServer(port: listener.localAddress?.port ?? 0, state: state))
      await stop()
      return result
    } catch {
      await stop()
      throw error
    }
  }

  private static func serve(_ requests: AsyncStream<ScriptedRequest>, on channel: any Channel, _ script: Script) async {
    // A client that goes away in the middle is what many tests are about, and no failure of the server.
    try? await {
      for await request in requests { try await script(request, ScriptedConnection(channel: channel)) }
    }()
    try? await channel.close()
  }

  private final class SharedState: Sendable {
    let value = Mutex(State())
  }
}

/// Puts the parts of requests together.
private final class RequestCollector: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart

  private let connection: Int
  private let receive: (ScriptedRequest) -> Void
  private let end: () -> Void
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(connection: Int, receive: @escaping (ScriptedRequest) -> Void, end: @escaping () -> Void) {
    self.connection = connection
    self.receive = receive
    self.end = end
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let buffer): body.append(contentsOf: buffer.readableBytesView)
    case .end:
      guard let head else { return }
      receive(
        ScriptedRequest(
          method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) }, body: body,
          connection: connection))
    }
  }

  func channelInactive(context: ChannelHandlerContext) { end() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
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

  fileprivate init(channel: any Channel) { self.channel = channel }

  /// Writes text as it is: a status line, half a chunk, garbage.
  public func write(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }

  /// Writes bytes as they are.
  public func write(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

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
