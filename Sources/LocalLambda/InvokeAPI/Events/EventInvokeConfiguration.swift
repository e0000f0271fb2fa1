/// What becomes of a function's `Event` calls: SAM's `EventInvokeConfig`.
///
/// See [How Lambda handles errors and retries with asynchronous invocation](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
public struct EventInvokeConfiguration: Sendable, Hashable {
  /// How often a call that failed is tried again, 0 to 2; nil: 2.
  public var maximumRetryAttempts: Int?
  /// How long a call is kept for another try, in seconds, 60 to 21600; nil: six hours.
  public var maximumEventAge: Int?
  /// The ARN of a queue or function that is told of calls that succeeded.
  public var onSuccess: String?
  /// The ARN of a queue or function that is told of calls that were given up.
  public var onFailure: String?

  /// Lambda's defaults, until something else is said.
  public init(
    maximumRetryAttempts: Int? = nil, maximumEventAge: Int? = nil, onSuccess: String? = nil, onFailure: String? = nil
  ) {
    self.maximumRetryAttempts = maximumRetryAttempts
    self.maximumEventAge = maximumEventAge
    self.onSuccess = onSuccess
    self.onFailure = onFailure
  }

  static let retryAttempts = 0...2
  static let eventAge = 60...21_600
}

/// How long `Event` calls wait before they are tried again.
public struct AsynchronousInvocationPolicy: Sendable, Hashable {
  /// Before the first retry of a call that failed; before the second it is twice as long.
  public var retryWait: Duration

  /// Lambda's own: one minute, then two.
  public init(retryWait: Duration = .seconds(60)) {
    self.retryWait = retryWait
  }
}
