import JSON
import NIOCore

/// The bodies that Lambda makes itself when a function's process fails. The words are those recorded from the service.
enum FunctionError {
  static func timedOut(requestID: String, after timeout: Duration) -> ByteBuffer {
    body("Sandbox.Timedout", "RequestId: \(requestID) Error: Task timed out after \(seconds(timeout)) seconds")
  }

  static func responseTooLarge(_ limit: Int = RuntimeAPICall.maximumResponseBytes) -> ByteBuffer {
    ByteBuffer(
      string: #"{"errorMessage":"Response payload size exceeded maximum allowed payload size (\#(limit) bytes).","#
        + #""errorType":"Function.ResponseSizeTooLarge"}"#)
  }

  static let invalidResponseMode = body("Runtime.InvalidResponseModeHeader", "Invalid function response mode")

  static let truncatedResponse = body("Runtime.TruncatedResponse", "Response is truncated")

  /// The emulator is being stopped.
  static func stopped(_ requestID: String) -> ByteBuffer {
    body("Sandbox.Stopped", "RequestId: \(requestID) Error: The emulator is shutting down")
  }

  /// The type that a runtime gave its error, as Lambda passes it on: kept if it is of the form `Function.Xyz` or
  /// `Runtime.Xyz`, else one that says nothing.
  static func checkedType(_ type: String?) -> String {
    let parts = type?.split(separator: ".", omittingEmptySubsequences: false) ?? []
    guard let type, let origin = parts.first, origin == "Function" || origin == "Runtime" else {
      return "Runtime.Unknown"
    }
    let isKept =
      parts.count == 2 && parts[1].count > 1 && parts[1].first?.isUppercase == true
      && parts[1].allSatisfy { $0.isASCII && $0.isLetter }
    return isKept ? type : "\(origin).Unknown"
  }

  static func body(_ type: String, _ message: String) -> ByteBuffer {
    let json: JSONValue = ["errorType": .string(type), "errorMessage": .string(message)]
    return ByteBuffer(string: json.serialized)
  }

  /// Two decimals, as Lambda writes it: `1.00`.
  static func seconds(_ duration: Duration) -> String {
    let hundredths = duration / .milliseconds(10)
    let whole = Int(hundredths) / 100
    let rest = Int(hundredths) % 100
    return "\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }
}
