/// An HTTP/1.1 client over libcurl: all transfers run on one thread of its own, connections are reused.
///
/// ```swift
/// let client = HTTPClient()
/// let response = try await client.send(HTTPClientRequest(url: "http://127.0.0.1:8080/health"))
/// ```
/// The thread starts with the first request. Keep one client for the life of the process.
public final class HTTPClient: Sendable {
  /// Makes a client; nothing is opened yet.
  public init(configuration: HTTPClientConfiguration = HTTPClientConfiguration(environment: { _ in nil })) {
  }

  /// Sends a request and waits for the whole answer.
  public func send(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse {
    throw HTTPClientError(.other, "not there yet", url: request.url)
  }

  /// Sends a request and waits for the head of the answer only.
  public func stream(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientStreamingResponse {
    throw HTTPClientError(.other, "not there yet", url: request.url)
  }

  /// Ends all transfers with ``HTTPClientError/Kind/shutDown``, closes all connections and waits for the thread.
  public func shutdown() {}
}
