public import Logging

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What Lambda tells about one invocation.
public struct LambdaContext: Sendable {
  /// The identity that an application authenticated with through Amazon Cognito.
  public struct CognitoIdentity: Sendable, Hashable {
    /// The identity.
    public let identityID: String
    /// The pool that it belongs to.
    public let identityPoolID: String

    /// Makes an identity of its two parts.
    public init(identityID: String, identityPoolID: String) {
      self.identityID = identityID
      self.identityPoolID = identityPoolID
    }
  }

  /// The invocation's id, the same in a retry.
  public let requestID: String
  /// The X-Ray tracing header.
  public let traceID: String?
  /// The ARN that the function was invoked by, with its qualifier.
  public let invokedFunctionARN: String
  /// When the invocation times out, in milliseconds since 1970.
  public let deadline: Int64
  /// What an AWS mobile application told about itself and its device: JSON.
  public let clientContext: [UInt8]?
  /// Who called, for an application that signs in through Amazon Cognito.
  public let cognitoIdentity: CognitoIdentity?
  /// The tenant that the invocation belongs to, for a function with tenant isolation.
  public let tenantID: String?
  /// A logger whose lines carry the request id.
  public let logger: Logger

  /// Makes a context, for a handler that is called without a Lambda.
  public init(
    requestID: String = "00000000-0000-0000-0000-000000000000",
    traceID: String? = nil,
    invokedFunctionARN: String = "arn:aws:lambda:us-east-1:000000000000:function:function",
    deadline: Int64 = LambdaContext.currentMilliseconds() + 30_000,
    clientContext: [UInt8]? = nil,
    cognitoIdentity: CognitoIdentity? = nil,
    tenantID: String? = nil,
    logger: Logger? = nil
  ) {
    self.requestID = requestID
    self.traceID = traceID
    self.invokedFunctionARN = invokedFunctionARN
    self.deadline = deadline
    self.clientContext = clientContext
    self.cognitoIdentity = cognitoIdentity
    self.tenantID = tenantID
    self.logger = logger ?? Logger(label: "function")
  }

  /// The time left until the invocation times out; negative when that is over.
  public func remainingTime() -> Duration {
    .milliseconds(deadline - Self.currentMilliseconds())
  }

  /// The clock that deadlines are told in: milliseconds since 1970.
  public static func currentMilliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }
}
