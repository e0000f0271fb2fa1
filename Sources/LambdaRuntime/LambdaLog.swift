import Logging

/// The log of a function: JSON lines on standard error in Lambda's own format, plain lines when it is a terminal.
public enum LambdaLog {
  /// Makes this the log of the whole process; once, early. ``LambdaRuntime/run(_:)`` does it for itself.
  ///
  /// - Throws: when `LOG_LEVEL` names no level.
  public static func bootstrap(_ environment: LambdaEnvironment = LambdaEnvironment()) throws(LambdaConfigurationError)
  {
  }
}
