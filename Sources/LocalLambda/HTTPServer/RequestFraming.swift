import NIOHTTP1

/// A request that is refused before anybody sees it; the connection ends with the answer.
struct HTTPRefusal: Error, Equatable {
  let status: HTTPResponseStatus

  init(_ status: HTTPResponseStatus) { self.status = status }

  /// The answer to what the parser could not read. Nil: the caller stopped in the middle of a request.
  init?(_ error: HTTPParserError) {
    switch error {
    case .invalidEOFState: return nil
    case .headerOverflow: self.init(.requestHeaderFieldsTooLarge)
    // `paused` is HTTP/2's preface.
    case .invalidVersion, .paused: self.init(.httpVersionNotSupported)
    default: self.init(.badRequest)
    }
  }
}

/// What a request's head says about how its bytes are to be read.
///
/// Whatever two programs on the way could read in two ways is refused (RFC 9112, 3.2 and 6.3), what the parser already
/// refuses aside: two lengths, blanks before a colon, folded lines, bare line ends.
struct RequestFraming: Sendable {
  /// The length that is declared.
  private(set) var contentLength: Int?
  /// The caller waits for leave to send the body.
  private(set) var expectsContinue = false
  /// Whether another request may follow on the connection.
  private(set) var keepAlive: Bool

  /// Checks a head, and makes its target one of origin form.
  init(_ head: inout HTTPRequestHead, limits: HTTPLimits) throws(HTTPRefusal) {
    keepAlive = head.isKeepAlive
    // The parser lets pass HTTP/1.0 and HTTP/1.1.
    let isHTTP10 = head.version == .http1_0
    guard head.uri.utf8.count <= limits.targetBytes else { throw HTTPRefusal(.uriTooLong) }
    var hosts = 0
    var transferCoding: String?
    // One pass; most names are told apart by their length.
    for (name, value) in head.headers {
      switch name.utf8.count {
      case 4 where name.isASCIIEqual(to: "host"): hosts += 1
      case 6 where name.isASCIIEqual(to: "expect"):
        // libcurl's users send it empty, so as not to wait.
        guard !value.isEmpty else { continue }
        guard value.isASCIIEqual(to: "100-continue") else { throw HTTPRefusal(.expectationFailed) }
        expectsContinue = !isHTTP10
      case 7 where name.isASCIIEqual(to: "upgrade"):
        // The parser may stop behind a request for another protocol, which this server does not change to.
        keepAlive = false
      case 14 where name.isASCIIEqual(to: "content-length"): contentLength = Int(value)
      case 17 where name.isASCIIEqual(to: "transfer-encoding"):
        transferCoding = transferCoding.map { "\($0),\(value)" } ?? value
      default: break
      }
    }
    guard hosts == 1 || hosts == 0 && isHTTP10 else { throw HTTPRefusal(.badRequest) }
    if let transferCoding {
      guard contentLength == nil, !isHTTP10 else { throw HTTPRefusal(.badRequest) }
      guard transferCoding.isASCIIEqual(to: "chunked") else { throw HTTPRefusal(.notImplemented) }
    }
    try Self.makeOriginForm(&head)
  }

  /// `http://host/path` is what a proxy is asked for; its host counts, not that of the field (RFC 9112, 3.2.2).
  private static func makeOriginForm(_ head: inout HTTPRequestHead) throws(HTTPRefusal) {
    if head.method == .CONNECT { throw HTTPRefusal(.notImplemented) }
    if head.uri.utf8.first == UInt8(ascii: "/") { return }
    if head.uri == "*", head.method == .OPTIONS { return }
    guard let scheme = head.uri.firstRange(ofText: "://"),
      head.uri[..<scheme.lowerBound].isASCIIEqual(to: "http")
        || head.uri[..<scheme.lowerBound].isASCIIEqual(to: "https")
    else { throw HTTPRefusal(.badRequest) }
    let rest = head.uri[scheme.upperBound...]
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let authority = rest[..<end]
    guard !authority.isEmpty, !authority.contains("@") else { throw HTTPRefusal(.badRequest) }
    head.headers.replaceOrAdd(name: "host", value: String(authority))
    head.uri = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/\(rest[end...])"
  }
}

extension StringProtocol {
  /// Whether two texts are the same, but for the case of ASCII letters.
  func isASCIIEqual(to other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    let isEqual = utf8.withContiguousStorageIfAvailable { left in
      other.utf8.withContiguousStorageIfAvailable { right in
        left.indices.allSatisfy { index in
          let (left, right) = (left[index], right[index])
          return left == right || (left | 0x20 == right | 0x20 && (0x61...0x7A).contains(left | 0x20))
        }
      }
    }
    return isEqual.flatMap(\.self) ?? (lowercased() == other.lowercased())
  }
}
