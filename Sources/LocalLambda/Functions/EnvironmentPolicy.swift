/// How a function's execution environments are kept.
public struct EnvironmentPolicy: Sendable, Hashable {
  /// How long an environment may be idle before it is ended.
  public var idleTimeout: Duration = .seconds(900)
  /// Whether, once the function has been called, one environment more than is busy is kept ready, so that a crash costs
  /// the next caller no cold start; within the function's concurrency.
  public var keepsSpare = false
  /// Whether an environment's processes are stopped (SIGSTOP) while it has nothing to do, as on Lambda.
  public var freezes = false
  /// The folder that stands for `/opt/extensions`: each executable file in it is an extension of every environment.
  public var extensionFolder: String?
  /// Whether streamed answers are held to Lambda's bandwidth.
  var limitsStreamBandwidth = true
  /// How long processes have to end by themselves.
  var shutdownBudget = ShutdownBudget()

  /// No spare, nothing stopped, no extensions, and a quarter of an hour.
  public init() {}
}
