public import NIOCore

/// A call of a function.
public struct Invocation: Sendable {
  /// The id that caller, function and log share.
  public var requestID = RandomID.uuid()
  /// The event, byte for byte.
  public var payload: ByteBuffer
  /// What the event is, for the runtime's `Content-Type`.
  public var contentType = "application/json"
  /// The client context, decoded: JSON.
  public var clientContext: String?
  /// Cognito's identity: JSON.
  public var cognitoIdentity: String?
  /// The caller's `X-Amzn-Trace-Id`; completed, or made if there is none.
  public var traceID: String?
  /// The tenant, for functions that isolate tenants.
  public var tenantID: String?
  /// The ARN as it was called, where that has a qualifier.
  public var qualifiedARN: String?
  /// Whether the caller wants the last 4 KB of the log.
  public var wantsLogTail = false

  /// A call with an event.
  public init(payload: ByteBuffer) {
    self.payload = payload
  }

  /// A call with an event.
  public init(payload: some Sequence<UInt8>) {
    self.payload = ByteBuffer(bytes: payload)
  }
}

/// How a call of a function ended.
public struct InvocationResult: Sendable {
  /// What the caller gets.
  public enum Outcome: Sendable, Hashable {
    /// The function's answer, byte for byte.
    case success(ByteBuffer, contentType: String)
    /// The function failed; JSON with `errorType` and `errorMessage`. The caller sees `X-Amz-Function-Error: Unhandled`.
    case functionError(ByteBuffer)
    /// All of the function's environments are busy.
    case throttled
  }

  /// The id that the function saw.
  public var requestID: String
  /// What the caller gets.
  public var outcome: Outcome
  /// The last 4 KB of the log, if they were asked for.
  public var logTail: ByteBuffer?
  /// How long the function ran.
  public var duration: Duration = .zero
  /// The answer's parts went to an `AnswerStream` before this.
  var isStreamed = false
  /// It was throttled on a managed instance: no poller of the runtime was free.
  var isRuntimeUnavailable = false

  /// A result.
  public init(requestID: String, outcome: Outcome, logTail: ByteBuffer? = nil, duration: Duration = .zero) {
    self.requestID = requestID
    self.outcome = outcome
    self.logTail = logTail
    self.duration = duration
  }
}
