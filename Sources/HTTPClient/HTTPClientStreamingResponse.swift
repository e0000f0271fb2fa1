/// An answer whose body is read while it arrives.
///
/// ```swift
/// let response = try await client.stream(request)
/// for try await chunk in response { … }
/// ```
/// The transfer is paused while the reader is behind by more than a fixed window, and ended when the
/// response and its iterators are let go before the end.
public struct HTTPClientStreamingResponse: Sendable, AsyncSequence {
  /// The pieces of the body, in the sizes they arrived in.
  public typealias Element = [UInt8]
  /// Why a body can stop short.
  public typealias Failure = HTTPClientError

  /// The status code.
  public let status: Int
  /// The header fields.
  public let headers: HTTPClientHeaders
  private let body: Body

  init(head: ResponseHead, exchange: Exchange, client: HTTPClient) {
    status = head.status
    headers = head.headers
    body = Body(exchange, client)
  }

  /// An iterator over the rest of the body. Two iterators share one body: each piece goes to one of them.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: body) }

  /// Hands out the body piece by piece.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let body: Body

    /// The next piece, never empty, or nil after the last; throws when the body stopped short.
    public func next(isolation actor: isolated (any Actor)?) async throws(HTTPClientError) -> [UInt8]? {
      try await body.exchange.nextChunk()
    }
  }

  /// Shared by the response and its iterators; the transfer ends with the last of them.
  fileprivate final class Body: Sendable {
    let exchange: Exchange
    /// Kept so that the client is not shut down below a body that is still read.
    private let client: HTTPClient

    init(_ exchange: Exchange, _ client: HTTPClient) {
      self.exchange = exchange
      self.client = client
    }

    deinit { exchange.cancel() }
  }
}
