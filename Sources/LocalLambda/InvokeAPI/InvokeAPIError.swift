import JSON
import NIOCore
import NIOHTTP1

/// What the Invoke API answers when it does not run the function. The words are those recorded from the service.
struct InvokeAPIError: Error {
  let status: HTTPResponseStatus
  let type: String
  let message: String
  var reason: String?

  static func notFound(_ arn: String) -> InvokeAPIError {
    notFound(message: "Function not found: \(arn)")
  }

  static func notFound(message: String) -> InvokeAPIError {
    InvokeAPIError(status: .notFound, type: "ResourceNotFoundException", message: message)
  }

  /// A value outside the API's model.
  static func validation(_ problem: String) -> InvokeAPIError {
    InvokeAPIError(
      status: .badRequest, type: "ValidationException", message: "1 validation error detected: \(problem)")
  }

  static func validation(_ value: String, at name: String, _ constraint: String) -> InvokeAPIError {
    validation("Value '\(value)' at '\(name)' failed to satisfy constraint: \(constraint)")
  }

  /// Another account's function; nobody has been let in there.
  static func accessDenied(_ action: String, _ arn: String, caller: String) -> InvokeAPIError {
    InvokeAPIError(
      status: .forbidden, type: "AccessDeniedException",
      message: "User: \(caller) is not authorized to perform: lambda:\(action) on resource: \(arn) because no "
        + "resource-based policy allows the lambda:\(action) action")
  }

  static let foreignPage = InvokeAPIError(
    status: .forbidden, type: "AccessDeniedException", message: WebPage.refusal)

  static func unsupportedMediaType(_ type: String) -> InvokeAPIError {
    InvokeAPIError(
      status: .unsupportedMediaType, type: "UnsupportedMediaTypeException",
      message: "Unsupported content type: \(type). Send the event as application/json")
  }

  static func invalidParameter(_ message: String) -> InvokeAPIError {
    InvokeAPIError(status: .badRequest, type: "InvalidParameterValueException", message: message)
  }

  static func invalidContent(_ message: String) -> InvokeAPIError {
    InvokeAPIError(status: .badRequest, type: "InvalidRequestContentException", message: message)
  }

  static func tooLarge(_ limit: Int) -> InvokeAPIError {
    InvokeAPIError(
      status: .payloadTooLarge, type: "RequestTooLargeException",
      message: "Request must be smaller than \(limit) bytes for the InvokeFunction operation")
  }

  /// Nobody is free to run the function.
  static func throttled(_ result: InvocationResult) -> InvokeAPIError {
    result.isRuntimeUnavailable
      ? InvokeAPIError(status: .badRequest, type: "Runtime.Unavailable", message: "no idle runtimes")
      : InvokeAPIError(
        status: .tooManyRequests, type: "TooManyRequestsException", message: "Rate Exceeded.",
        reason: "ReservedFunctionConcurrentInvocationLimitExceeded")
  }

  static let unknownOperation = InvokeAPIError(
    status: .notFound, type: "UnknownOperationException", message: "Unable to determine service/operation name")
}

extension HTTPExchange {
  func refuse(_ error: InvokeAPIError, requestID: String = RandomID.uuid()) {
    var body: JSONObject = ["Type": "User"]
    let isCapitalized = ["ResourceNotFoundException", "AccessDeniedException"].contains(error.type)
    body[isCapitalized ? "Message" : "message"] = .string(error.message)
    if let reason = error.reason { body["Reason"] = .string(reason) }
    var headers: HTTPHeaders = ["x-amzn-RequestId": requestID, "x-amzn-ErrorType": error.type]
    if error.status == .tooManyRequests { headers.add(name: "Retry-After", value: "1") }
    respond(error.status, json: JSONValue.object(body).serialized, headers: headers)
  }
}
