/// Why a function cannot be hosted as configured.
public struct FunctionConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The function's name.
  public let function: String
  /// What is wrong and what to do, in a sentence.
  public let reason: String

  /// A sentence for people.
  public var description: String { "Function \(function): \(reason)" }
}
