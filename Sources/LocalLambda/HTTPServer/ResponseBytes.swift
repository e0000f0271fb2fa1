import NIOCore
import NIOHTTP1

/// How the end of an answer's body is told.
enum ResponseFraming {
  /// By the connection's end, by the status, or by a `content-length` among the fields.
  case none
  case chunked
  case length(Int)
}

extension ByteBuffer {
  /// Writes the head of an answer.
  mutating func writeHead(
    _ status: HTTPResponseStatus, _ fields: HTTPHeaders, _ framing: ResponseFraming, keepAlive: Bool, isHTTP10: Bool
  ) {
    let reason = status.reasonPhrase
    writeWithUnsafeMutableBytes(minimumWritableBytes: 128 + reason.utf8.count + fields.length) { bytes in
      var head = HeadBytes(bytes)
      head.append("HTTP/1.1 ")
      head.append(text: String(status.code))
      head.append(" ")
      head.append(text: reason)
      head.append("\r\n")
      head.append(fields)
      switch framing {
      case .none: break
      case .chunked: head.append("transfer-encoding: chunked\r\n")
      case .length(let length):
        head.append("content-length: ")
        head.append(text: String(length))
        head.append("\r\n")
      }
      if !keepAlive {
        head.append("connection: close\r\n")
      } else if isHTTP10 {
        head.append("connection: keep-alive\r\n")
      }
      head.append("\r\n")
      return head.count
    }
  }

  /// Writes header fields or trailers.
  mutating func writeFields(_ fields: HTTPHeaders) {
    writeWithUnsafeMutableBytes(minimumWritableBytes: fields.length) { bytes in
      var head = HeadBytes(bytes)
      head.append(fields)
      return head.count
    }
  }

  /// Writes one chunk of a body.
  mutating func writeChunk(_ part: ByteBuffer) {
    reserveCapacity(minimumWritableBytes: part.readableBytes + 20)
    writeChunkHead(part.readableBytes)
    writeImmutableBuffer(part)
    writeStaticString("\r\n")
  }

  /// Writes what stands before a chunk.
  mutating func writeChunkHead(_ length: Int) {
    writeString(String(length, radix: 16))
    writeStaticString("\r\n")
  }
}

/// The lines of a head, on their way into memory with room for them.
private struct HeadBytes {
  private let bytes: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init(_ bytes: UnsafeMutableRawBufferPointer) { self.bytes = bytes }

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { append(utf8: $0) }
  }

  mutating func append(text: String) {
    var text = text
    text.withUTF8 { append(utf8: $0) }
  }

  /// What could be mistaken in a field for the end of a line becomes a space.
  mutating func append(_ fields: HTTPHeaders) {
    for (name, value) in fields {
      append(text: name)
      append(": ")
      let start = count
      append(text: value)
      for place in start..<count where bytes[place] <= 13 && [0, 10, 13].contains(bytes[place]) { bytes[place] = 32 }
      append("\r\n")
    }
  }

  private mutating func append(utf8 text: UnsafeBufferPointer<UInt8>) {
    UnsafeMutableRawBufferPointer(rebasing: bytes[count..<count + text.count]).copyMemory(from: .init(text))
    count += text.count
  }
}

extension HTTPHeaders {
  /// Of the lines, in bytes.
  fileprivate var length: Int { reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 } }
}

extension HTTPResponseStatus {
  /// Whether an answer with this status has neither a body nor a length.
  var hasNoBody: Bool { code < 200 || code == 204 || code == 304 }
}
