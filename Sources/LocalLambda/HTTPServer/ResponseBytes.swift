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
      for (name, value) in fields {
        end = bytes.write(name, at: end)
        bytes[end] = UInt8(ascii: ":")
        bytes[end + 1] = UInt8(ascii: " ")
        let start = end + 2
        end = bytes.write(value, at: start)
        for place in start..<end where bytes[place] <= 13 && [0, 10, 13].contains(bytes[place]) { bytes[place] = 32 }
        bytes[end] = UInt8(ascii: "\r")
        bytes[end + 1] = UInt8(ascii: "\n")
        end += 2
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

extension UnsafeMutableRawBufferPointer {
  /// Copies a text to a place, and says where it ends.
  fileprivate func write(_ text: String, at start: Int) -> Int {
    var text = text
    return text.withUTF8 { text in
      UnsafeMutableRawBufferPointer(rebasing: self[start..<start + text.count]).copyMemory(from: .init(text))
      return start + text.count
    }
  }
}

extension HTTPResponseStatus {
  /// Whether an answer with this status has neither a body nor a length.
  var hasNoBody: Bool { code < 200 || code == 204 || code == 304 }
}
