/// A function to be hosted: its program and its limits.
public struct FunctionConfiguration: Sendable, Hashable {
  /// As callers know it.
  public var name: String
  /// Program and arguments. A program with a slash is a path, relative to `workingDirectory`; one without is looked for
  /// in `PATH`.
  public var command: [String]
  /// Where the program runs: `LAMBDA_TASK_ROOT`.
  public var workingDirectory: String
  /// The customer's variables; see `FunctionEnvironment` for the names that Lambda reserves.
  public var environment: [String: String]
  /// How long one invocation may take.
  public var timeout: Duration
  /// What the function is told and what its reports say; no limit is enforced.
  public var memorySizeMB: Int
  /// The most execution environments at once.
  public var maximumConcurrency: Int
  /// `_HANDLER`.
  public var handler: String
  /// The region and account in the function's ARN.
  public var identity: AccountIdentity
  /// Whether the program also gets the variables of this process (but for those that Lambda reserves).
  public var inheritsEnvironment: Bool
  /// What becomes of `Event` calls, where that is said.
  public var eventInvoke: EventInvokeConfiguration?
  /// The ARN of the queue for `Event` calls that were given up.
  public var deadLetterTargetARN: String?
  /// How it logs.
  public var logging = LoggingConfiguration()
  /// What SDKs are told of it besides.
  public var details = FunctionDetails()
  /// How long init may take before it is begun anew inside an invocation.
  public var initTimeout: Duration = .seconds(10)
  /// How its environments are kept.
  public var policy = EnvironmentPolicy()

  /// A function with Lambda's defaults.
  public init(
    name: String, command: [String], workingDirectory: String, environment: [String: String] = [:],
    timeout: Duration = .seconds(3), memorySizeMB: Int = 128, maximumConcurrency: Int = 10,
    handler: String = "bootstrap", identity: AccountIdentity = AccountIdentity(), inheritsEnvironment: Bool = false
  ) {
    self.name = name
    self.command = command
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.timeout = timeout
    self.memorySizeMB = memorySizeMB
    self.maximumConcurrency = maximumConcurrency
    self.handler = handler
    self.identity = identity
    self.inheritsEnvironment = inheritsEnvironment
  }

  /// The function's ARN.
  public var arn: String { identity.functionARN(name) }

  /// Whether it is on managed instances, where an environment works on several invocations at once.
  var isManaged: Bool { environment["AWS_LAMBDA_MAX_CONCURRENCY"] != nil }
}
