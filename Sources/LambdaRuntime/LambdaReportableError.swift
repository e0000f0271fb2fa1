/// An error that chooses how Lambda reports it.
///
/// Any error may be thrown from a handler: its type's name is the `errorType` then, its description the message.
public protocol LambdaReportableError: Error {
  /// The `errorType` that the caller sees, for example `Runtime.ConfigInvalid`.
  var errorType: String { get }
  /// The `errorMessage` that the caller sees.
  var errorMessage: String { get }
}

/// A variable that is missing or malformed.
public struct LambdaConfigurationError: LambdaReportableError, Hashable, CustomStringConvertible {
  /// The variable's name.
  public let variable: String
  /// What is wrong with it, and what it should be.
  public let problem: String

  /// Makes the error from a variable's name and what is wrong with it, for example `is not set`.
  public init(variable: String, problem: String) {
    self.variable = variable
    self.problem = problem
  }

  /// The type AWS recommends for a wrong configuration.
  public var errorType: String { "Runtime.ConfigInvalid" }
  /// The variable and what is wrong with it.
  public var errorMessage: String { description }
  /// The variable and what is wrong with it.
  public var description: String { "\(variable) \(problem)" }
}
