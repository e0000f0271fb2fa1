internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The HTTP client of the emulator and its command line: for servers of `lambda-local`, and for other queues. HTTP or
/// HTTPS, one exchange a connection.
///
/// ```swift
/// let client = try OneShotClient(url: "http://127.0.0.1:8080")
/// let response = try await client.send("GET", "/health")
/// ```
public struct OneShotClient: Sendable {
  /// An answer, whole.
  public struct Response: Sendable {
    /// 200, 404, …
    public var status: Int
    /// As they came.
    public var headers: [(name: String, value: String)]
    /// The body's bytes.
    public var body: [UInt8]

    /// A header's first value; the case of its name does not matter.
    public func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  /// The server's host, without a port.
  public let host: String
  /// The server's port.
  public let port: Int
  /// Whether it is spoken to over TLS.
  private let isSecure: Bool
  /// What every path is put behind; empty or `/something`.
  public let basePath: String

  /// A client for one server.
  public init(url: String) throws(OneShotError) {
    guard let scheme = url.firstRange(ofText: "://") else {
      throw OneShotError(.badURL, "\(url) is not a URL: it starts with http://")
    }
    let schemeName = url[..<scheme.lowerBound].lowercased()
    guard schemeName == "http" || schemeName == "https" else {
      throw OneShotError(.badURL, "\(url) is neither HTTP nor HTTPS, and nothing else is spoken here")
    }
    isSecure = schemeName == "https"
    let rest = url[scheme.upperBound...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let authority = rest[..<slash]
    basePath = rest[slash...].hasSuffix("/") ? String(rest[slash...].dropLast()) : String(rest[slash...])
    let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
    if let colon = authority[bracket...].lastIndex(of: ":") {
      guard let port = Int(authority[authority.index(after: colon)...]), (1...65_535).contains(port) else {
        throw OneShotError(.badURL, "\(url) has no port from 1 to 65535")
      }
      self.port = port
      host = authority[..<colon].filter { $0 != "[" && $0 != "]" }
    } else {
      port = isSecure ? 443 : 80
      host = authority.filter { $0 != "[" && $0 != "]" }
    }
    guard !host.isEmpty else { throw OneShotError(.badURL, "\(url) names no host") }
  }

  /// `http://host:port`
  public var origin: String { "\(isSecure ? "https" : "http")://\(authority)" }

  /// As in a `Host` header: without the port that is the scheme's own.
  private var authority: String {
    let bracketed = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? bracketed : "\(bracketed):\(port)"
  }

  /// Sends a request and reads the whole answer.
  public func send(
    _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = [],
    timeout: Duration = .seconds(60)
  ) async throws(OneShotError) -> Response {
    let target = basePath + path
    var head = HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: method), uri: target.isEmpty ? "/" : target)
    head.headers = HTTPHeaders(headers)
    head.headers.replaceOrAdd(name: "host", value: authority)
    head.headers.replaceOrAdd(name: "connection", value: "close")
    if !body.isEmpty || method != "GET" {
      head.headers.replaceOrAdd(name: "content-length", value: String(body.count))
    }
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let answer = loop.makePromise(of: Response.self)
    let channel: any Channel
    do {
      channel = try await ClientBootstrap(group: loop)
        .connectTimeout(.seconds(5))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            if isSecure { try channel.pipeline.syncOperations.addHandler(TLSHandler(host: host)) }
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(ResponseCollector(answer))
          }
        }
        .connect(host: host, port: port).get()
    } catch {
      answer.fail(OneShotError(.refused, ""))
      throw OneShotError(.refused, "nothing answers at \(origin)")
    }
    let nanoseconds = TimeAmount(timeout)
    let alarm = loop.scheduleTask(in: nanoseconds) {
      answer.fail(OneShotError(.timedOut, "no answer from \(origin) after \(timeout)"))
      channel.close(promise: nil)
    }
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    do {
      let response = try await withTaskCancellationHandler {
        try await answer.futureResult.get()
      } onCancel: {
        channel.close(promise: nil)
      }
      alarm.cancel()
      channel.close(promise: nil)
      return response
    } catch {
      alarm.cancel()
      channel.close(promise: nil)
      throw error as? OneShotError ?? OneShotError(.lost, "the connection to \(origin) was lost: \(error)")
    }
  }
}

/// Why there is no answer.
public struct OneShotError: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Kind: Sendable { case badURL, refused, lost, timedOut }

  /// What kind of trouble it is.
  public var kind: Kind
  /// A sentence that names the server.
  public var message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// The sentence.
  public var description: String { message }
}

/// Puts the parts of one response together.
private final class ResponseCollector: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let answer: EventLoopPromise<OneShotClient.Response>
  private var response: OneShotClient.Response?

  init(_ answer: EventLoopPromise<OneShotClient.Response>) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head) where head.status.code >= 200:
      response = OneShotClient.Response(
        status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }, body: [])
    case .head: break
    case .body(let part): response?.body += part.readableBytesView
    case .end:
      if let response { answer.succeed(response) }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    answer.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    answer.fail(OneShotError(.lost, "the connection was closed before the answer"))
  }
}
