/// A route of an HTTP API: which requests go to which function.
public struct HTTPRoute: Sendable {
  /// As API Gateway writes it: `$default`, `GET /users/{id}`, `ANY /{proxy+}`.
  public let key: String
  /// Who answers.
  public let function: FunctionHost
  /// How events and answers look.
  public let format: PayloadFormat
  /// How long the caller waits for an answer before it is told that there is none.
  public let timeout: Duration

  /// The longest that API Gateway waits for a function.
  public static let maximumTimeout = Duration.seconds(30)

  /// A part of a path.
  enum Segment: Sendable, Hashable {
    case literal(String)
    /// `{id}`: one part that is not empty.
    case parameter(String)
    /// `{proxy+}`: all that is left.
    case rest(String)

    /// What is named more exactly wins.
    var rank: Int {
      switch self {
      case .literal: 0
      case .parameter: 1
      case .rest: 2
      }
    }
  }

  /// Nil: any.
  let method: String?
  /// Nil: `$default`, for what no other route takes.
  let segments: [Segment]?

  /// A route; an unusable key is refused.
  public init(
    _ key: String, to function: FunctionHost, format: PayloadFormat = .version2, timeout: Duration = maximumTimeout
  ) throws(HTTPRouteError) {
    self.key = key
    self.function = function
    self.format = format
    self.timeout = timeout
    guard key != "$default" else {
      (method, segments) = (nil, nil)
      return
    }
    let parts = key.split(separator: " ")
    guard parts.count == 2, parts[1].hasPrefix("/") else {
      throw HTTPRouteError(key: key, reason: "write it as METHOD /path or $default")
    }
    guard Self.methods.contains(String(parts[0])) else {
      throw HTTPRouteError(
        key: key, reason: "\(parts[0]) is no method; use ANY, GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS")
    }
    method = parts[0] == "ANY" ? nil : String(parts[0])
    segments = try Self.segments(of: parts[1], key)
  }

  private static let methods: Set<String> = ["ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

  private static func segments(of path: Substring, _ key: String) throws(HTTPRouteError) -> [Segment] {
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    var segments: [Segment] = []
    for (index, part) in parts.enumerated() {
      guard part.hasPrefix("{"), part.hasSuffix("}") else {
        guard !part.contains("{"), !part.contains("}") else {
          throw HTTPRouteError(key: key, reason: "a parameter takes a whole part of the path: /{name}/")
        }
        segments.append(.literal(String(part)))
        continue
      }
      let name = part.dropFirst().dropLast()
      if name.hasSuffix("+") {
        guard index == parts.count - 1 else {
          throw HTTPRouteError(key: key, reason: "\(part) takes all that follows and has to be last")
        }
        segments.append(.rest(String(name.dropLast())))
      } else {
        segments.append(.parameter(String(name)))
      }
    }
    return segments
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

/// The routes of an API, the most exact first.
struct HTTPRouter: Sendable {
  struct Match: Sendable {
    let route: HTTPRoute
    let parameters: [(name: String, value: String)]
  }

  private let routes: [HTTPRoute]

  init(_ routes: [HTTPRoute]) {
    self.routes = routes.sorted(by: Self.isMoreExact)
  }

  /// The route for a request, with the path's parameters, decoded.
  func match(method: String, path: Substring) -> Match? {
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    for route in routes where route.method == nil || route.method == method {
      guard let segments = route.segments else { return Match(route: route, parameters: []) }
      if let parameters = Self.match(segments, parts) { return Match(route: route, parameters: parameters) }
    }
    return nil
  }

  private static func match(
    _ segments: [HTTPRoute.Segment], _ parts: [Substring]
  ) -> [(name: String, value: String)]? {
    var parameters: [(name: String, value: String)] = []
    for (index, segment) in segments.enumerated() {
      guard index < parts.count else { return nil }
      switch segment {
      case .literal(let text):
        guard parts[index] == text || PercentDecoding.decode(parts[index]) == text else { return nil }
      case .parameter(let name):
        guard !parts[index].isEmpty else { return nil }
        parameters.append((name, PercentDecoding.decode(parts[index])))
      case .rest(let name):
        let rest = parts[index...].joined(separator: "/")
        guard !rest.isEmpty else { return nil }
        parameters.append((name, PercentDecoding.decode(rest)))
        return parameters
      }
    }
    return parts.count == segments.count ? parameters : nil
  }

  private static func isMoreExact(_ left: HTTPRoute, _ right: HTTPRoute) -> Bool {
    guard let leftSegments = left.segments, let rightSegments = right.segments else {
      return left.segments != nil && right.segments == nil
    }
    for (one, other) in zip(leftSegments, rightSegments) where one.rank != other.rank { return one.rank < other.rank }
    if leftSegments.count != rightSegments.count { return leftSegments.count > rightSegments.count }
    return left.method != nil && right.method == nil
  }
}
