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

  /// The largest answer that is not streamed, in bytes: 6 MiB and 100.
  static let maximumResponseBytes = 6_291_556
  /// The largest answer that is streamed, in bytes.
  static let maximumStreamBytes = 200 << 20

  init(_ method: HTTPMethod, _ path: Substring) {
    // This is on the way of every invocation, so bytes are compared and not characters.
    var path = path
    self = path.withUTF8 { Self.read(method, $0[...]) }
  }

  private static func read(_ method: HTTPMethod, _ path: Slice<UnsafeBufferPointer<UInt8>>) -> RuntimeAPICall {
    func when(_ allowed: HTTPMethod, _ call: RuntimeAPICall) -> RuntimeAPICall {
      method == allowed ? call : .wrongMethod
    }
    guard let call = path.after("/2018-06-01/runtime/") else {
      return path.elementsEqual("/2018-06-01/ping".utf8) ? when(.GET, .ping) : .unknown
    }
    guard let invocation = call.after("invocation/") else {
      return call.elementsEqual("init/error".utf8) ? when(.POST, .initError) : .unknown
    }
    guard let end = invocation.firstIndex(of: UInt8(ascii: "/")) else {
      return invocation.elementsEqual("next".utf8) ? when(.GET, .next) : .unknown
    }
    let requestID = String(decoding: UnsafeBufferPointer(rebasing: invocation[..<end]), as: UTF8.self)
    let kind = invocation[(end + 1)...]
    if kind.elementsEqual("response".utf8) { return when(.POST, .response(requestID: requestID)) }
    return kind.elementsEqual("error".utf8) ? when(.POST, .error(requestID: requestID)) : .unknown
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  /// What follows a beginning; nil when this begins otherwise.
  fileprivate func after(_ beginning: String) -> Self? {
    starts(with: beginning.utf8) ? dropFirst(beginning.utf8.count) : nil
  }
}
