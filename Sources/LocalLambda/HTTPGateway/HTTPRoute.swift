/// A route of an HTTP API: which requests go to which function.
public struct HTTPRoute: Sendable {
  /// As API Gateway writes it: `$default`, `GET /users/{id}`, `ANY /{proxy+}`.
  public let key: String
  /// Who answers.
  public let function: FunctionHost

  /// A route; an unusable key is refused.
  public init(_ key: String, to function: FunctionHost) throws(HTTPRouteError) {
    self.key = key
    self.function = function
  }
}

/// Why a route's key is unusable.
public struct HTTPRouteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The key.
  public let key: String
  /// What is wrong and what to do.
  public let reason: String

  /// A sentence for people.
  public var description: String { "Route \(key): \(reason)" }
}
