import NIOHTTP1

/// A call of the Runtime API, by its method and path.
enum RuntimeAPICall: Equatable {
  case next
  case response(requestID: String)
  case error(requestID: String)
  case initError
  case ping
  case wrongMethod
  case unknown

  static let prefix = "/2018-06-01"
  /// The largest answer that is not streamed, in bytes: 6 MiB and 100.
  static let maximumResponseBytes = 6_291_556
  /// The largest answer that is streamed, in bytes.
  static let maximumStreamBytes = 200 << 20

  init(_ method: HTTPMethod, _ path: Substring) {
    let runtime = Self.prefix + "/runtime/"
    guard path.hasPrefix(runtime) else {
      self = path == Self.prefix + "/ping" ? (method == .GET ? .ping : .wrongMethod) : .unknown
      return
    }
    let rest = path.dropFirst(runtime.utf8.count)
    if rest == "invocation/next" {
      self = method == .GET ? .next : .wrongMethod
    } else if rest == "init/error" {
      self = method == .POST ? .initError : .wrongMethod
    } else if rest.hasPrefix("invocation/") {
      let parts = rest.dropFirst(11).split(separator: "/", omittingEmptySubsequences: false)
      switch parts.count == 2 ? parts[1] : "" {
      case "response": self = method == .POST ? .response(requestID: String(parts[0])) : .wrongMethod
      case "error": self = method == .POST ? .error(requestID: String(parts[0])) : .wrongMethod
      default: self = .unknown
      }
    } else {
      self = .unknown
    }
  }
}
