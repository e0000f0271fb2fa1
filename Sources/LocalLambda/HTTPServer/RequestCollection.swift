import NIOCore
import NIOHTTP1

/// A body on its way into one buffer.
struct RequestCollection {
  let head: HTTPRequestHead
  let framing: RequestFraming
  /// Of bytes that are kept.
  private let limit: Int
  private(set) var body = ByteBuffer()
  private(set) var isTooLarge: Bool
  /// Bytes that came in, kept or not.
  private(set) var received = 0

  init(_ head: HTTPRequestHead, _ framing: RequestFraming, limit: Int) {
    self.head = head
    self.framing = framing
    self.limit = limit
    isTooLarge = (framing.contentLength ?? 0) > limit
  }

  /// Takes a piece; what is too large is counted only.
  mutating func append(_ bytes: ByteBuffer) {
    received += bytes.readableBytes
    if !isTooLarge, received > limit {
      isTooLarge = true
      body = ByteBuffer()
    }
    if isTooLarge { return }
    if body.readableBytes == 0 {
      body = bytes
    } else {
      if let length = framing.contentLength {
        body.reserveCapacity(minimumWritableBytes: length - body.readableBytes)
      }
      body.writeImmutableBuffer(bytes)
    }
  }
}
