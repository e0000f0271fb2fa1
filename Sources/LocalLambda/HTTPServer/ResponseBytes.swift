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
    writeStaticString("HTTP/1.1 ")
    writeString(String(status.code))
    writeStaticString(" ")
    writeString(status.reasonPhrase)
    writeStaticString("\r\n")
    writeFields(fields)
    switch framing {
    case .none: break
    case .chunked: writeStaticString("transfer-encoding: chunked\r\n")
    case .length(let length):
      writeStaticString("content-length: ")
      writeString(String(length))
      writeStaticString("\r\n")
    }
    if !keepAlive {
      writeStaticString("connection: close\r\n")
    } else if isHTTP10 {
      writeStaticString("connection: keep-alive\r\n")
    }
    writeStaticString("\r\n")
  }

  /// Writes header fields or trailers; what could be mistaken for the end of a line becomes a space.
  mutating func writeFields(_ fields: HTTPHeaders) {
    let length = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
    writeWithUnsafeMutableBytes(minimumWritableBytes: length) { bytes in
      var end = 0
      func append(_ text: String) {
        var text = text
        text.withUTF8 { UnsafeMutableRawBufferPointer(rebasing: bytes[end...]).copyMemory(from: .init($0)) }
        end += text.utf8.count
      }
      for (name, value) in fields {
        append(name)
        append(": ")
        let start = end
        append(value)
        for place in start..<end where [0, 10, 13].contains(bytes[place]) { bytes[place] = 32 }
        append("\r\n")
      }
      return end
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

extension HTTPResponseStatus {
  /// Whether an answer with this status has neither a body nor a length.
  var hasNoBody: Bool { code < 200 || code == 204 || code == 304 }
}
