import NIOCore

/// Takes an answer while the function still writes it.
///
/// A call that is submitted with one gets its answer in parts, and `complete` after the last part, with a result that
/// `isStreamed`: `.success` with nothing in it, or `.functionError` with what went wrong in the middle. Where the
/// function begins no answer, `complete` alone says why.
///
/// Everything is called on the event loop.
struct AnswerStream: Sendable {
  /// The answer begins; its parts are the body of the runtime's request, to be paced by the caller: `caller.pace(body)`.
  let begin: @Sendable (_ contentType: String, _ body: HTTPExchange) -> Void
  /// A part of the answer, never empty.
  let write: @Sendable (ByteBuffer) -> Void
}

/// A streamed answer on its way from the runtime.
struct StreamedAnswer: Sendable {
  let contentType: String
  /// The runtime's request.
  let exchange: HTTPExchange
  /// Who takes the parts as they come; nil: they are collected.
  let stream: AnswerStream?
  private(set) var collected = ByteBuffer()
  /// Nil: as fast as it comes.
  private var pace: StreamPace?
  private var length = 0

  init(contentType: String, exchange: HTTPExchange, stream: AnswerStream?, isPaced: Bool) {
    self.contentType = contentType
    self.exchange = exchange
    self.stream = stream
    // What is collected is never larger than the burst that is free.
    pace = isPaced && stream != nil ? StreamPace() : nil
  }

  /// The most bytes it may have: who collects it takes no more than of any other answer.
  var limit: Int { stream == nil ? RuntimeAPICall.maximumResponseBytes : RuntimeAPICall.maximumStreamBytes }

  /// Takes a part; false when that makes it too large.
  mutating func take(_ part: ByteBuffer) -> Bool {
    length += part.readableBytes
    guard length <= limit else { return false }
    if let stream { stream.write(part) } else { collected.writeImmutableBuffer(part) }
    if let next = pace?.take(part.readableBytes, at: .now()) { exchange.holdBody(until: next) }
    return true
  }
}
