import JSON
import NIOCore

/// An error that a runtime reports together with its cause, in one body.
///
/// The cause is X-Ray's, wherever it stands: in such a body, or in `Lambda-Runtime-Function-XRay-Error-Cause`. No traces
/// are collected here, so it is taken and goes no further; the caller never sees it. See
/// [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-invokeerror); type and
/// members are those of Amazon's own emulator.
enum ErrorCause {
  static let contentType = "application/vnd.aws.lambda.error.cause+json"

  /// The error as the caller gets it.
  static func errorAlone(in body: ByteBuffer) -> ByteBuffer {
    guard let report = try? JSONValue(parsing: body.readableBytesView), let members = report.objectValue,
      let message = text(members["errorMessage"]), let type = text(members["errorType"]),
      let stack = lines(members["stackTrace"])
    else { return ByteBuffer(string: "\"Invalid error body\"") }
    var error: JSONObject = ["errorMessage": .string(message), "errorType": .string(type)]
    if !stack.isEmpty { error["stackTrace"] = .array(stack) }
    return ByteBuffer(string: JSONValue.object(error).serialized)
  }

  /// Nil when it is there and no text.
  private static func text(_ value: JSONValue?) -> String? {
    value == nil || value?.isNull == true ? "" : value?.stringValue
  }

  private static func lines(_ value: JSONValue?) -> [JSONValue]? {
    guard let value, !value.isNull else { return [] }
    return value.arrayValue.flatMap { lines in lines.allSatisfy { $0.stringValue != nil } ? lines : nil }
  }
}
