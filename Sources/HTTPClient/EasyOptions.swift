import CLibcurl

/// Sets options of an easy handle and keeps the first failure.
struct EasyOptions {
  private let easy: UnsafeMutableRawPointer
  private(set) var code = CURLE_OK

  init(_ easy: UnsafeMutableRawPointer) { self.easy = easy }

  mutating func set(_ option: CURLoption, _ value: Int) { keep(curl_setopt_long(easy, option, value)) }

  mutating func set(_ option: CURLoption, _ value: UnsafeRawPointer?) {
    keep(curl_setopt_pointer(easy, option, value))
  }

  mutating func set(_ option: CURLoption, text: String) {
    keep(text.withCString { curl_setopt_pointer(easy, option, $0) })
  }

  mutating func set(_ option: CURLoption, callback: curl_write_callback) {
    keep(curl_setopt_callback(easy, option, callback))
  }

  private mutating func keep(_ result: CURLcode) {
    if code == CURLE_OK { code = result }
  }

  /// What does not depend on the request.
  mutating func setDefaults(_ configuration: HTTPClientConfiguration) {
    set(CURLOPT_NOSIGNAL, 1)
    // Do not wait for a name look-up that nobody is interested in any more.
    set(CURLOPT_QUICK_EXIT, 1)
    set(CURLOPT_PROTOCOLS_STR, text: "http,https")
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    set(CURLOPT_PATH_AS_IS, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_TCP_NODELAY, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    if let name = configuration.userAgent { set(CURLOPT_USERAGENT, text: name) }
    set(CURLOPT_NOPROXY, text: configuration.hostsWithoutProxy)
    if let file = configuration.certificateAuthorityFile { set(CURLOPT_CAINFO, text: file) }
  }

  /// What the request says, but for its header lines.
  mutating func setRequest(_ request: HTTPClientRequest, _ configuration: HTTPClientConfiguration) {
    set(CURLOPT_URL, text: request.url)
    let proxy = request.isSecure ? configuration.httpsProxy : configuration.httpProxy
    // An empty name keeps libcurl from asking the environment.
    set(CURLOPT_PROXY, text: proxy ?? "")
    set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
    set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.milliseconds)
    switch (request.method, request.bodyToSend) {
    case ("GET", nil): break
    case ("HEAD", nil): set(CURLOPT_NOBODY, 1)
    case (let method, nil): set(CURLOPT_CUSTOMREQUEST, text: method)
    case (let method, let body?):
      set(CURLOPT_POST, 1)
      keep(curl_setopt_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
      // Copied: the array's memory is not ours to point at while the transfer runs.
      body.withUnsafeBytes { set(CURLOPT_COPYPOSTFIELDS, $0.baseAddress ?? UnsafeRawPointer(easy)) }
      if method != "POST" { set(CURLOPT_CUSTOMREQUEST, text: method) }
    }
  }
}

extension HTTPClientRequest {
  var isSecure: Bool { url.prefix(8).lowercased() == "https://" }

  /// The body; methods that are defined to have one send an empty one, with its length, when there is none.
  var bodyToSend: [UInt8]? { body ?? (["POST", "PUT", "PATCH"].contains(method) ? [] : nil) }

  /// The header fields as libcurl wants them, and those that it would add on its own accord struck out.
  var headerLines: [String] {
    // "Name:" would be taken as "do not send"; "Name;" sends it with an empty value.
    var lines = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    lines.append("Expect:")
    if bodyToSend != nil, headers["Content-Type"] == nil { lines.append("Content-Type:") }
    return lines
  }

  /// Why this cannot be sent, if so.
  var problem: HTTPClientError? {
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3, ["http:", "https:"].contains(parts[0].lowercased()), parts[1].isEmpty, !parts[2].isEmpty
    else {
      return HTTPClientError(.badURL, "the URL is not an absolute http or https URL", url: url)
    }
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
      return HTTPClientError(.badURL, "the URL holds white space or control characters", url: url)
    }
    guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenCharacter) else {
      return HTTPClientError(.badRequest, "the method is not an HTTP token", url: url)
    }
    for field in headers {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isTokenCharacter) else {
        return HTTPClientError(.badRequest, "a header field's name is not an HTTP token", url: url)
      }
      guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
        return HTTPClientError(
          .badRequest, "the value of header field \(field.name) holds control characters", url: url)
      }
    }
    return nil
  }
}

extension Duration {
  /// Whole milliseconds for libcurl, to which 0 means "no limit": at least 1.
  fileprivate var milliseconds: Int {
    let (seconds, attoseconds) = components
    let limit = Int64(Int32.max)
    guard seconds < limit / 1000 else { return Int(limit) }
    return Int(max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000))
  }
}

extension UInt8 {
  /// RFC 9110 section 5.6.2.
  fileprivate var isTokenCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(self)
    }
  }
}
