import JSON
import Logging

/// One event, as the Runtime API hands it out.
struct Invocation: Sendable {
  let event: [UInt8]
  let context: LambdaContext
  /// Tells this delivery of the event from another one; sent back with the answer.
  let invocationID: String?
}

extension Invocation {
  /// Lambda's longest time-out, for a Runtime API that names no deadline.
  private static let longestTimeout: Int64 = 900_000

  /// Reads the answer to `next`.
  init(_ response: HTTPResponse, logger: Logger) throws(RuntimeAPIError) {
    let head = response.head
    guard let requestID = head["Lambda-Runtime-Aws-Request-Id"], requestID.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { throw .malformed("the next event has no valid Lambda-Runtime-Aws-Request-Id") }

    var deadline = LambdaContext.currentMilliseconds() + Self.longestTimeout
    if let digits = head.bytes(of: "Lambda-Runtime-Deadline-Ms") {
      guard let given = Int(ascii: digits) else { throw .malformed("Lambda-Runtime-Deadline-Ms is no number") }
      deadline = Int64(given)
    }

    var identity: LambdaContext.CognitoIdentity?
    if let json = head.bytes(of: "Lambda-Runtime-Cognito-Identity"), !json.isEmpty {
      guard let value = try? JSONValue(parsing: json) else {
        throw .malformed("Lambda-Runtime-Cognito-Identity is no JSON")
      }
      if let id = value["cognitoIdentityId"]?.stringValue, let pool = value["cognitoIdentityPoolId"]?.stringValue {
        identity = LambdaContext.CognitoIdentity(identityID: id, identityPoolID: pool)
      }
    }

    var logger = logger
    logger[metadataKey: "requestId"] = .string(requestID)
    let clientContext = head.bytes(of: "Lambda-Runtime-Client-Context").map { [UInt8]($0) }
    event = response.body
    invocationID = head["Lambda-Runtime-Invocation-Id"]
    context = LambdaContext(
      requestID: requestID,
      traceID: head["Lambda-Runtime-Trace-Id"],
      invokedFunctionARN: head["Lambda-Runtime-Invoked-Function-Arn"] ?? "",
      deadline: deadline,
      clientContext: clientContext.flatMap { $0.isEmpty ? nil : $0 },
      cognitoIdentity: identity,
      tenantID: head["Lambda-Runtime-Aws-Tenant-Id"],
      logger: logger)
  }
}

extension RuntimeAPIError {
  static func malformed(_ reason: String) -> RuntimeAPIError {
    RuntimeAPIError(description: "Lambda's Runtime API gave a malformed answer: \(reason)")
  }
}
