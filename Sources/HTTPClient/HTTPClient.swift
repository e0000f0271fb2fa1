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
    if let problem = request.problem { throw problem }
    if Task.isCancelled { throw .cancelled(request, mayHaveBeenSent: false) }
    let exchange = Exchange(request, on: thread)
    thread.submit(.start(exchange))
    return try await exchange.response()
  }

  /// Ends all transfers with ``HTTPClientError/Kind/shutDown``, closes all connections and waits for the thread.
  public func shutdown() { thread.shutDown() }
}
