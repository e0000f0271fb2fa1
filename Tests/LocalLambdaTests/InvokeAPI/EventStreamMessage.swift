import JSON
import NIOCore

@testable import LocalLambda

/// A message of an event stream, taken apart.
struct EventStreamMessage {
  let event: String
  let payload: [UInt8]

  var json: JSONValue? { try? JSONValue(parsing: payload) }

  /// A message that is damaged or incomplete.
  struct Damaged: Error {
    let at: Int
  }

  /// All messages of a stream.
  static func all(in bytes: [UInt8]) throws -> [EventStreamMessage] {
    var rest = ByteBuffer(bytes: bytes)
    var messages: [EventStreamMessage] = []
    while rest.readableBytes > 0 {
      guard let message = message(from: &rest) else { throw Damaged(at: rest.readerIndex) }
      messages.append(message)
    }
    return messages
  }

  private static func message(from rest: inout ByteBuffer) -> EventStreamMessage? {
    guard let length = rest.getInteger(at: rest.readerIndex, as: UInt32.self),
      var message = rest.readSlice(length: Int(length))
    else { return nil }
    let whole = message
    guard message.readInteger(as: UInt32.self) == length, let headersLength = message.readInteger(as: UInt32.self),
      message.readInteger(as: UInt32.self) == whole.getSlice(at: 0, length: 8)?.checksum(from: 0),
      var headers = message.readSlice(length: Int(headersLength)),
      let payload = message.readBytes(length: message.readableBytes - 4),
      message.readInteger(as: UInt32.self) == whole.getSlice(at: 0, length: Int(length) - 4)?.checksum(from: 0)
    else { return nil }
    var fields: [String: String] = [:]
    while let nameLength = headers.readInteger(as: UInt8.self) {
      guard let name = headers.readString(length: Int(nameLength)), headers.readInteger(as: UInt8.self) == 7,
        let valueLength = headers.readInteger(as: UInt16.self),
        let value = headers.readString(length: Int(valueLength))
      else { return nil }
      fields[name] = value
    }
    guard fields[":message-type"] == "event", let event = fields[":event-type"] else { return nil }
    return EventStreamMessage(event: event, payload: payload)
  }
}
