import JSON
import NIOCore

/// Messages of `application/vnd.amazon.eventstream`.
enum EventStream {
  /// Appends an event.
  static func write(_ event: StaticString, contentType: StaticString, _ payload: ByteBuffer, to bytes: inout ByteBuffer)
  {
    var headers = ByteBuffer()
    writeHeader(":message-type", "event", to: &headers)
    writeHeader(":event-type", event, to: &headers)
    writeHeader(":content-type", contentType, to: &headers)
    let start = bytes.writerIndex
    bytes.writeInteger(UInt32(16 + headers.readableBytes + payload.readableBytes))
    bytes.writeInteger(UInt32(headers.readableBytes))
    bytes.writeInteger(bytes.checksum(from: start))
    bytes.writeImmutableBuffer(headers)
    bytes.writeImmutableBuffer(payload)
    bytes.writeInteger(bytes.checksum(from: start))
  }

  /// Appends the event that ends an answer.
  static func writeInvokeComplete(error: ByteBuffer?, log: String?, to bytes: inout ByteBuffer) {
    var writer = JSONWriter(capacity: 128)
    writer.raw("{")
    if let error {
      writer.raw("\"ErrorCode\":\"Unhandled\",\"ErrorDetails\":")
      writer.string(String(buffer: error))
      if log != nil { writer.raw(",") }
    }
    if let log {
      writer.raw("\"LogResult\":")
      writer.string(log)
    }
    writer.raw("}")
    write("InvokeComplete", contentType: "application/json", ByteBuffer(bytes: writer.bytes), to: &bytes)
  }

  /// A header of type string.
  private static func writeHeader(_ name: StaticString, _ value: StaticString, to bytes: inout ByteBuffer) {
    bytes.writeInteger(UInt8(name.utf8CodeUnitCount))
    bytes.writeStaticString(name)
    bytes.writeInteger(UInt8(7))
    bytes.writeInteger(UInt16(value.utf8CodeUnitCount))
    bytes.writeStaticString(value)
  }
}
