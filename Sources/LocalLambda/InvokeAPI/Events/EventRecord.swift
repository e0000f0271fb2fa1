import GregorianCalendar
import JSON
import NIOCore

/// What is known of an `Event` call, and told to destinations.
///
/// See [Retaining records of asynchronous invocations](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html).
struct EventRecord: Sendable {
  enum Condition: String, Sendable {
    case success = "Success"
    case retriesExhausted = "RetriesExhausted"
    case eventAgeExceeded = "EventAgeExceeded"
    case zeroReservedConcurrency = "ZeroReservedConcurrency"

    /// For the function's log.
    var explanation: String {
      switch self {
      case .success: "it is done"
      case .retriesExhausted: "it failed on every try"
      case .eventAgeExceeded: "it is too old"
      case .zeroReservedConcurrency: "the function's reserved concurrency is zero"
      }
    }
  }

  let requestID: String
  var condition = Condition.success
  /// How often the function has run for it.
  private(set) var invokeCount = 0
  let payload: ByteBuffer
  private let functionARN: String
  private var answer: ByteBuffer?

  init(_ invocation: Invocation, of function: FunctionConfiguration) {
    requestID = invocation.requestID
    payload = invocation.payload
    functionARN = function.arn + ":$LATEST"
  }

  mutating func succeeded(_ answer: ByteBuffer) {
    invokeCount += 1
    self.answer = answer
  }

  mutating func failed(_ error: ByteBuffer) {
    invokeCount += 1
    answer = error
  }

  /// The record, in version 1.0; payloads byte for byte where they are JSON.
  func json(at milliseconds: Int64 = WallClock.milliseconds()) -> ByteBuffer {
    var writer = JSONWriter(capacity: 512 + payload.readableBytes + (answer?.readableBytes ?? 0))
    writer.raw(#"{"version":"1.0","timestamp":"#)
    writer.string(CivilTime.text(milliseconds: milliseconds))
    writer.raw(#","requestContext":{"requestId":"#)
    writer.string(requestID)
    writer.raw(#","functionArn":"#)
    writer.string(functionARN)
    writer.raw(#","condition":"#)
    writer.string(condition.rawValue)
    writer.raw(#","approximateInvokeCount":"#)
    writer.integer(invokeCount)
    writer.raw(#"},"requestPayload":"#)
    Self.write(payload, to: &writer)
    if let answer {
      writer.raw(#","responseContext":{"statusCode":200,"executedVersion":"$LATEST""#)
      if condition != .success { writer.raw(#","functionError":"Unhandled""#) }
      writer.raw(#"},"responsePayload":"#)
      Self.write(answer, to: &writer)
    }
    writer.raw("}")
    return ByteBuffer(bytes: writer.bytes)
  }

  /// The attributes of a dead letter.
  func deadLetterAttributes() -> [String: MessageAttribute] {
    var attributes = [
      "RequestID": MessageAttribute(dataType: "String", value: .string(requestID)),
      "ErrorCode": MessageAttribute(dataType: "Number", value: .string(answer == nil ? "429" : "200")),
    ]
    let message = answer.map { answer in
      let error = try? JSONValue(parsing: answer.readableBytesView)
      return error?["errorMessage"]?.stringValue ?? String(buffer: answer)
    }
    // No attribute may be empty.
    let text = String(decoding: (message ?? "Rate Exceeded.").utf8.prefix(Self.longestMessage), as: UTF8.self)
    if !text.isEmpty { attributes["ErrorMessage"] = MessageAttribute(dataType: "String", value: .string(text)) }
    return attributes
  }

  /// Of an error's message, in bytes.
  private static let longestMessage = 1024

  private static func write(_ payload: ByteBuffer, to writer: inout JSONWriter) {
    if JSONCheck.problem(in: payload) == nil {
      writer.raw(payload.readableBytesView)
    } else {
      writer.string(String(buffer: payload))
    }
  }
}
