import NIOHTTP1

/// What the Runtime API answers to a call that it refuses.
struct RuntimeAPIError: Error, Equatable {
  let status: HTTPResponseStatus
  let type: String
  let message: String

  static let invalidRequestID = RuntimeAPIError(
    status: .badRequest, type: "InvalidRequestID", message: "Invalid request ID")
  static let invalidResponseMode = RuntimeAPIError(
    status: .badRequest, type: "InvalidFunctionResponseMode", message: "Invalid function response mode")
  static let timedOut = RuntimeAPIError(status: .gone, type: "InvokeTimeout", message: "Invoke timeout")

  static let truncated = RuntimeAPIError(
    status: .badRequest, type: "TruncatedHTTPRequest", message: "HTTP request detected as truncated")

  static func tooLarge(_ limit: Int = RuntimeAPICall.maximumResponseBytes) -> RuntimeAPIError {
    RuntimeAPIError(
      status: .payloadTooLarge, type: "RequestEntityTooLarge",
      message: "Exceeded maximum allowed payload size (\(limit) bytes).")
  }

  init(status: HTTPResponseStatus, type: String, message: String) {
    (self.status, self.type, self.message) = (status, type, message)
  }

  /// How a refusal of the state machine is told.
  init(_ refusal: RuntimeStateMachine.Refusal) {
    switch refusal {
    case .unknownRequestID: self = .invalidRequestID
    case .late: self = .timedOut
    case .wrongState(let from, let to): self = .invalidTransition(from: from, to: to)
    }
  }

  static func invalidTransition(from: String, to: String) -> RuntimeAPIError {
    RuntimeAPIError(
      status: .forbidden, type: "InvalidStateTransition",
      message: """
        State transition from \(from) to \(to) failed for runtime. Error: State transition is not allowed
        """)
  }
}

extension HTTPExchange {
  func refuse(_ error: RuntimeAPIError) {
    respond(error.status, json: #"{"errorMessage":"\#(error.message)","errorType":"\#(error.type)"}"# + "\n")
  }
}
