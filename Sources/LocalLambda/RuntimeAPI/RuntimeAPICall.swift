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
    // This is on the way of every invocation: bytes are compared, and nothing is put together.
    let path = path.utf8
    guard path.starts(with: Self.runtimePrefix.utf8) else {
      self = path.elementsEqual(Self.pingPath.utf8) ? (method == .GET ? .ping : .wrongMethod) : .unknown
      return
    }
    let call = Substring(path.dropFirst(Self.runtimePrefix.utf8.count))
    switch call {
    case "invocation/next": self = method == .GET ? .next : .wrongMethod
    case "init/error": self = method == .POST ? .initError : .wrongMethod
    default:
      guard call.utf8.starts(with: Self.invocation.utf8), let end = call.utf8.lastIndex(of: UInt8(ascii: "/")),
        case let requestID = call.utf8[..<end].dropFirst(Self.invocation.utf8.count),
        !requestID.contains(UInt8(ascii: "/"))
      else {
        self = .unknown
        return
      }
      switch call[end...] {
      case "/response": self = method == .POST ? .response(requestID: String(Substring(requestID))) : .wrongMethod
      case "/error": self = method == .POST ? .error(requestID: String(Substring(requestID))) : .wrongMethod
      default: self = .unknown
      }
    }
  }
}
