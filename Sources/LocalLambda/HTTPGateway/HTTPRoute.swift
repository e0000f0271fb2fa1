/// A route of an HTTP API: which requests go to which function.
///
/// See [Routes for HTTP APIs](https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html).
public struct HTTPRoute: Sendable {
  /// As API Gateway writes it: `GET /users/{id}`, `ANY /{proxy+}`, `$default`.
  public let key: String
  /// Where its requests go.
  public let function: FunctionHost

  private let method: String?
  private let segments: [Segment]

  private enum Segment: Sendable {
    case text(String)
    case parameter(String)
    case greedy(String)
  }

  /// Makes a route from its key.
  public init(_ key: String, to function: FunctionHost) throws(HTTPRouteError) {
    self.key = key
    self.function = function
    let parts = key.split(separator: " ", maxSplits: 1)
    guard key == "$default" || (parts.count == 2 && parts[1].hasPrefix("/")) else {
      throw HTTPRouteError(key: key, reason: "it is neither $default nor a method and a path, such as GET /users/{id}.")
    }
    method = parts.count == 2 && parts[0] != "ANY" ? String(parts[0]) : nil
    segments = (parts.count == 2 ? parts[1] : "").split(separator: "/").map { part in
      guard part.hasPrefix("{"), part.hasSuffix("}") else { return .text(String(part)) }
      let name = part.dropFirst().dropLast()
      return name.hasSuffix("+") ? .greedy(String(name.dropLast())) : .parameter(String(name))
    }
  }

  var isDefault: Bool { key == "$default" }

  /// A request's fit: what stood in the place of the names, and how exact the match is.
  struct Match {
    let parameters: [(name: String, value: String)]
    /// Compared in order: text before names before a greedy one, a method before `ANY`, and `$default` last.
    let rank: [Int]
  }

  func match(_ method: String, _ path: [Substring]) -> Match? {
    if isDefault { return Match(parameters: [], rank: [0]) }
    guard self.method == nil || self.method == method else { return nil }
    var parameters: [(String, String)] = []
    var rank = [1]
    var rest = path[...]
    for segment in segments {
      switch segment {
      case .text(let text):
        guard rest.popFirst().map(String.init) == text else { return nil }
        rank.append(3)
      case .parameter(let name):
        guard let value = rest.popFirst() else { return nil }
        parameters.append((name, PercentDecoding.decode(value)))
        rank.append(2)
      case .greedy(let name):
        guard !rest.isEmpty else { return nil }
        parameters.append((name, PercentDecoding.decode(rest.joined(separator: "/"))))
        rank.append(1)
        rest = []
      }
    }
    guard rest.isEmpty else { return nil }
    rank.append(self.method == nil ? 0 : 1)
    return Match(parameters: parameters, rank: rank)
  }
}

/// A route's key that is none.
public struct HTTPRouteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The key.
  public let key: String
  /// What is wrong with it.
  public let reason: String

  /// The key and what is wrong with it.
  public var description: String { "Route \(key): \(reason)" }
}
