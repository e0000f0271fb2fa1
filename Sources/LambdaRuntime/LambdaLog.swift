import Logging
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The log of a function: JSON lines on standard error in Lambda's own format, plain lines when it is a terminal.
public enum LambdaLog {
  private static let isBootstrapped = Mutex(false)

  /// Makes this the log of the whole process; once is enough, and ``LambdaRuntime/run(_:)`` does it for itself.
  ///
  /// - Throws: when `LOG_LEVEL` names no level; the log then works, from `info` up.
  public static func bootstrap(
    _ environment: LambdaEnvironment = LambdaEnvironment()
  ) throws(LambdaConfigurationError) {
    let variable = environment["LOG_LEVEL"] == nil ? "AWS_LAMBDA_LOG_LEVEL" : "LOG_LEVEL"
    let name = environment[variable] ?? ""
    let level = name.isEmpty ? .info : Logger.Level(lambdaName: name)
    let isFirst = isBootstrapped.withLock { isBootstrapped in
      defer { isBootstrapped = true }
      return !isBootstrapped
    }
    if isFirst {
      let format: LambdaLogHandler.Format = isatty(2) == 1 ? .text : .json
      LoggingSystem.bootstrap { LambdaLogHandler(label: $0, level: level ?? .info, format: format) }
    }
    if level == nil {
      throw LambdaConfigurationError(
        variable: variable,
        problem: "is \"\(name)\", but has to be trace, debug, info, notice, warning, error or critical")
    }
  }
}

extension Logger.Level {
  /// Takes the names of swift-log and those of Lambda, in any case.
  init?(lambdaName name: String) {
    switch name.lowercased() {
    case "warn": self = .warning
    case "fatal": self = .critical
    case let name: self.init(rawValue: name)
    }
  }

  /// The name that Lambda filters by.
  var lambdaName: String {
    switch self {
    case .trace: "TRACE"
    case .debug: "DEBUG"
    case .info, .notice: "INFO"
    case .warning: "WARN"
    case .error: "ERROR"
    case .critical: "FATAL"
    }
  }
}
