#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The environment variables of a function, with names for Lambda's own.
///
/// See
/// [Defined runtime environment variables](https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html).
public struct LambdaEnvironment: Sendable {
  /// Nil stands for the process's own variables, which are then read when asked for.
  private let variables: [String: String]?

  /// The environment of this process.
  public init() {
    variables = nil
  }

  /// An environment of just these variables.
  public init(_ variables: [String: String]) {
    self.variables = variables
  }

  /// The variable of that name.
  public subscript(_ name: String) -> String? {
    if let variables { return variables[name] }
    return getenv(name).map { String(cString: $0) }
  }

  /// Where the Runtime API is, as `host:port`; nil when no Lambda started this process.
  public var runtimeAPI: String? { self["AWS_LAMBDA_RUNTIME_API"] }
  /// The function's name.
  public var functionName: String { self["AWS_LAMBDA_FUNCTION_NAME"] ?? "function" }
  /// The memory that the function is given, in MB.
  public var memorySizeMB: Int { self["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"].flatMap { Int($0) } ?? 128 }
  /// How many events at once this process may be given: 1 but on managed instances.
  public var maxConcurrency: Int { self["AWS_LAMBDA_MAX_CONCURRENCY"].flatMap { Int($0) } ?? 1 }

  /// The same, but strict about what is set.
  func checkedMaxConcurrency() throws(LambdaConfigurationError) -> Int {
    guard let text = self["AWS_LAMBDA_MAX_CONCURRENCY"], !text.isEmpty else { return 1 }
    guard let number = Int(text), (1...10_000).contains(number) else {
      throw LambdaConfigurationError(
        variable: "AWS_LAMBDA_MAX_CONCURRENCY", problem: "is \"\(text)\", but has to be a number from 1 to 10000")
    }
    return number
  }
}
