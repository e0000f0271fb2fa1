import JSON

/// A failure in the shape that the Runtime API takes.
struct FailureReport: Sendable, Hashable {
  let errorType: String
  let errorMessage: String

  init(_ error: any Error) {
    if let error = error as? any LambdaReportableError {
      errorType = error.errorType
      errorMessage = error.errorMessage
    } else {
      errorType = String(describing: type(of: error))
      errorMessage = String(describing: error)
    }
  }

  /// The body of an error: Lambda hands it to the caller byte for byte.
  var json: [UInt8] {
    var writer = JSONWriter(capacity: errorMessage.utf8.count + 96)
    writer.raw(#"{"errorMessage":"#)
    writer.string(errorMessage)
    writer.raw(#","errorType":"#)
    writer.string(errorType)
    writer.raw(#","stackTrace":[]}"#)
    return writer.bytes
  }

  /// The value of `Lambda-Runtime-Function-Error-Type`: Lambda keeps what looks like `Function.Reason`.
  var headerValue: String {
    let visible = String(decoding: errorType.utf8.filter { $0 > 0x20 && $0 < 0x7F }.prefix(256), as: UTF8.self)
    return visible.contains(".") ? visible : "Function.\(visible)"
  }
}
