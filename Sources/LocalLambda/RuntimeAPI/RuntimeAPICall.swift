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

  private static let runtimePrefix = "/2018-06-01/runtime/"
  private static let pingPath = "/2018-06-01/ping"
  private static let invocation = "invocation/"
  /// The largest answer that is not streamed, in bytes: 6 MiB and 100.
  static let maximumResponseBytes = 6_291_556
  /// The largest answer that is streamed, in bytes.
  static let maximumStreamBytes = 200 << 20

  init(_ method: HTTPMethod, _ path: Substring) {
    // This is on the way of every invocation. Of a whole string the beginning is compared by bytes, of a part of one
    // character by character.
    let path = String(path)
    guard path.hasPrefix(Self.runtimePrefix) else {
      self = path == Self.pingPath ? (method == .GET ? .ping : .wrongMethod) : .unknown
      return
    }
    let call = path.utf8.dropFirst(Self.runtimePrefix.utf8.count)
    switch Substring(call) {
    case "invocation/next": self = method == .GET ? .next : .wrongMethod
    case "init/error": self = method == .POST ? .initError : .wrongMethod
    default:
      guard call.starts(with: Self.invocation.utf8), let end = call.lastIndex(of: UInt8(ascii: "/")),
        case let requestID = call[..<end].dropFirst(Self.invocation.utf8.count), !requestID.contains(UInt8(ascii: "/"))
      else {
        self = .unknown
        return
      }
      switch Substring(call[end...]) {
      case "/response": self = method == .POST ? .response(requestID: String(Substring(requestID))) : .wrongMethod
      case "/error": self = method == .POST ? .error(requestID: String(Substring(requestID))) : .wrongMethod
      default: self = .unknown
      }
    }
  }
}
