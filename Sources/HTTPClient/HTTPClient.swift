/// An HTTP/1.1 client over libcurl: all transfers run on one thread of its own, connections are reused.
///
/// ```swift
/// let client = HTTPClient()
/// let response = try await client.send(HTTPClientRequest(url: "http://127.0.0.1:8080/health"))
/// ```
/// The thread starts with the first request; keep one client for the life of the process. Redirects are not followed.
/// libcurl sends a request once more, whatever its method, when a connection that was used before turns out to have
/// been closed by the server without a single byte of an answer.
public final class HTTPClient: Sendable {
  private let thread: CurlThread

  /// Makes a client; nothing is opened yet.
  public init(configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
    thread = CurlThread(configuration: configuration)
  }

  deinit { thread.shutDown() }

  /// Sends a request and waits for the whole answer.
  public func send(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse {
    try await begin(request, isStreaming: false).response()
  }

  /// Sends a request and waits for the head of the answer only.
  ///
  /// The request's time-out goes on while the body is read, pauses of the reader included.
  public func stream(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientStreamingResponse {
    let exchange = try begin(request, isStreaming: true)
    let head = try await exchange.head()
    return HTTPClientStreamingResponse(head: head, exchange: exchange, client: self)
  }

  /// Ends all transfers with ``HTTPClientError/Kind/shutDown``, closes all connections and waits for the thread.
  public func shutdown() { thread.shutDown() }

  private func begin(_ request: HTTPClientRequest, isStreaming: Bool) throws(HTTPClientError) -> Exchange {
    if let problem = request.problem { throw problem }
    if Task.isCancelled { throw .cancelled(request, mayHaveBeenSent: false) }
    let exchange = Exchange(request, isStreaming: isStreaming, on: thread)
    thread.submit(.start(exchange))
    return exchange
  }
}
