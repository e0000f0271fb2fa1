import NIOCore

/// Finds the end of a streamed HTTP answer's prelude: JSON metadata, eight NULs, then the body, however it is cut into
/// chunks (see [custom runtimes](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html)).
///
/// ```swift
/// var prelude = StreamPrelude()
/// prelude.take(chunk)   // .incomplete, or .complete(metadata:, rest:), or .malformed
/// ```
struct StreamPrelude {
  /// How a runtime marks an answer that begins with a prelude.
  static let contentType = "application/vnd.awslambda.http-integration-response"
  /// More than the metadata of any answer that could be sent.
  static let maximumBytes = 1 << 18

  enum Step: Equatable {
    /// The prelude goes on.
    case incomplete
    /// The metadata, and the first of the body.
    case complete(metadata: ByteBuffer, rest: ByteBuffer)
    /// No prelude, or one without an end.
    case malformed
  }

  private var metadata = ByteBuffer()
  private var nuls = 0

  /// Takes the next bytes; after anything but `incomplete` there is nothing more to take.
  mutating func take(_ chunk: ByteBuffer) -> Step {
    var rest = chunk
    if nuls == 0 {
      let bytes = chunk.readableBytesView
      let end = bytes.firstIndex(of: 0).map { $0 - bytes.startIndex } ?? bytes.count
      metadata.writeImmutableBuffer(rest.readSlice(length: end) ?? ByteBuffer())
      guard metadata.readableBytes <= Self.maximumBytes else { return .malformed }
    }
    while nuls < 8, let byte: UInt8 = rest.readInteger() {
      // JSON has no NULs: fewer than eight end nothing, and belong to nothing.
      guard byte == 0 else { return .malformed }
      nuls += 1
    }
    return nuls == 8 ? .complete(metadata: metadata, rest: rest) : .incomplete
  }
}
