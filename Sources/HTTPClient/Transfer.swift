import CLibcurl

/// An easy handle and the exchange that it carries, if any. Lives on the curl thread.
final class Transfer {
  /// All header lines of an answer together may not be longer than this.
  private static let maximumHeadBytes = 256 << 10

  let easy: UnsafeMutableRawPointer
  private(set) var exchange: Exchange?
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var status = 0
  private var headers = HTTPClientHeaders()
  private var headBytes = 0
  private var isHeadComplete = false
  private var body: [UInt8] = []
  private var bodyBytes = 0

  init?() {
    guard let easy = curl_easy_init() else { return nil }
    self.easy = easy
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.pointee = 0
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(headerList)
    errorText.deallocate()
  }

  /// The transfer that a handle belongs to. Valid while the transfer is running: ``Transfers`` holds it.
  static func owner(of easy: UnsafeMutableRawPointer) -> Transfer? {
    var pointer: UnsafeMutableRawPointer?
    curl_getinfo_pointer(easy, CURLINFO_PRIVATE, &pointer)
    return pointer.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Prepares the handle for an exchange.
  func begin(_ exchange: Exchange, _ configuration: HTTPClientConfiguration) -> CURLcode {
    self.exchange = exchange
    var options = EasyOptions(easy)
    options.setDefaults(configuration)
    let me = Unmanaged.passUnretained(self).toOpaque()
    options.set(CURLOPT_PRIVATE, me)
    options.set(CURLOPT_ERRORBUFFER, errorText)
    options.set(CURLOPT_WRITEDATA, me)
    options.set(CURLOPT_WRITEFUNCTION, callback: bodyArrived)
    options.set(CURLOPT_HEADERDATA, me)
    options.set(CURLOPT_HEADERFUNCTION, callback: headerLineArrived)
    options.setRequest(exchange.request, configuration)
    for line in exchange.request.headerLines {
      guard let longer = curl_slist_append(headerList, line) else { return CURLE_OUT_OF_MEMORY }
      headerList = longer
    }
    options.set(CURLOPT_HTTPHEADER, headerList)
    return options.code
  }

  /// Forgets the exchange and everything that the handle knows of it; connections are not the handle's and stay.
  func reset() {
    curl_easy_reset(easy)
    curl_slist_free_all(headerList)
    headerList = nil
    exchange = nil
    status = 0
    headers = HTTPClientHeaders()
    headBytes = 0
    isHeadComplete = false
    body = []
    bodyBytes = 0
    errorText.pointee = 0
  }

  /// The answer, once the transfer has come to a good end.
  var response: HTTPClientResponse { HTTPClientResponse(status: status, headers: headers, body: body) }

  /// The reason of a failure, from what the callbacks saw, libcurl's code, and its own words.
  func error(_ code: CURLcode) -> HTTPClientError {
    let url = exchange?.request.url ?? ""
    var sentBytes = 0
    curl_getinfo_long(easy, CURLINFO_REQUEST_SIZE, &sentBytes)
    if headBytes > Self.maximumHeadBytes {
      return HTTPClientError(
        .tooLarge, "the answer's header is longer than \(Self.maximumHeadBytes) bytes", url: url, mayHaveBeenSent: true)
    }
    if let limit = exchange?.request.maximumResponseBytes, bodyBytes > limit {
      return HTTPClientError(.tooLarge, "the answer is longer than \(limit) bytes", url: url, mayHaveBeenSent: true)
    }
    let words = String(cString: errorText)
    return HTTPClientError(
      HTTPClientError.Kind(code), words.isEmpty ? String(cString: curl_easy_strerror(code)) : words, url: url,
      mayHaveBeenSent: sentBytes > 0)
  }

  // MARK: What libcurl brings

  fileprivate func receiveHeaderLine(_ line: UnsafeBufferPointer<UInt8>) -> Int {
    headBytes += line.count
    guard headBytes <= Self.maximumHeadBytes else { return 0 }
    // Header lines after the head are trailers, which nobody here asks for.
    guard !isHeadComplete else { return line.count }
    let text = line.trimmed(UInt8.isLineEnd)
    if text.isEmpty {
      completeHead()
    } else if text.starts(with: "HTTP/".utf8) {
      headers = HTTPClientHeaders()
    } else if let first = text.first, UInt8.isBlank(first) {
      headers.continueLast(with: String(decoding: text.trimmed(UInt8.isBlank), as: UTF8.self))
    } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
      headers.add(
        String(decoding: text[..<colon], as: UTF8.self),
        String(decoding: text[(colon + 1)...].trimmed(UInt8.isBlank), as: UTF8.self))
    }
    return line.count
  }

  /// Takes note of the head's end, unless it is an interim one (100, 103), after which another follows.
  private func completeHead() {
    curl_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &status)
    isHeadComplete = status >= 200
  }

  fileprivate func receiveBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bodyBytes += bytes.count
    guard let limit = exchange?.request.maximumResponseBytes, bodyBytes <= limit else { return 0 }
    body.append(contentsOf: bytes)
    return bytes.count
  }
}

private func headerLineArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
  withTransfer(transfer, bytes, size * count) { $0.receiveHeaderLine($1) }
}

private func bodyArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ transfer: UnsafeMutableRawPointer?
) -> Int {
  withTransfer(transfer, bytes, size * count) { $0.receiveBody($1) }
}

private func withTransfer(
  _ transfer: UnsafeMutableRawPointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
  _ body: (Transfer, UnsafeBufferPointer<UInt8>) -> Int
) -> Int {
  guard let transfer, let bytes, count > 0 else { return 0 }
  return bytes.withMemoryRebound(to: UInt8.self, capacity: count) {
    body(Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue(), UnsafeBufferPointer(start: $0, count: count))
  }
}

extension UInt8 {
  fileprivate static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
  fileprivate static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") }
}

extension BidirectionalCollection<UInt8> {
  fileprivate func trimmed(_ isOuter: (UInt8) -> Bool) -> SubSequence {
    let start = self[...].drop(while: isOuter)
    guard let last = start.lastIndex(where: { !isOuter($0) }) else { return start }
    return start[...last]
  }
}
