/// The status line and header fields of an HTTP/1.1 response.
///
/// The bytes are kept, and fields are looked up in them: most of a head is never asked for.
struct HTTPResponseHead: Sendable {
  /// How the length of the body is known.
  enum Framing: Hashable {
    case length(Int)
    case chunked
    case untilClose
  }

  let status: Int
  private let minorVersion: Int
  private let bytes: [UInt8]
  private var fields: [(name: Range<Int>, value: Range<Int>)] = []

  /// Parses a head that ends with its empty line.
  init(parsing bytes: [UInt8]) throws(HTTPConnectionError) {
    self.bytes = bytes
    var lineStart = 0
    func nextLine() throws(HTTPConnectionError) -> Range<Int> {
      guard let lineFeed = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) else {
        throw .malformed("a header line has no end")
      }
      let start = lineStart
      lineStart = lineFeed + 1
      return start..<(lineFeed > start && bytes[lineFeed - 1] == UInt8(ascii: "\r") ? lineFeed - 1 : lineFeed)
    }

    let statusLine = bytes[try nextLine()]
    let parts = statusLine.split(separator: UInt8(ascii: " "), maxSplits: 2)
    guard statusLine.starts(with: "HTTP/1.".utf8), parts.count >= 2, parts[0].count == 8,
      let minorVersion = Int(ascii: parts[0].suffix(1)), parts[1].count == 3, let status = Int(ascii: parts[1])
    else {
      throw .malformed("\"\(String(decoding: statusLine.prefix(80), as: UTF8.self))\" is no HTTP/1.1 status line")
    }
    self.status = status
    self.minorVersion = minorVersion

    fields.reserveCapacity(16)
    while true {
      let line = try nextLine()
      if line.isEmpty { break }
      guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")), colon > line.lowerBound else {
        throw .malformed("\"\(String(decoding: bytes[line].prefix(80), as: UTF8.self))\" is no header field")
      }
      var value = (colon + 1)..<line.upperBound
      while let first = bytes[value].first, first.isBlank { value = (value.lowerBound + 1)..<value.upperBound }
      while let last = bytes[value].last, last.isBlank { value = value.lowerBound..<(value.upperBound - 1) }
      fields.append((line.lowerBound..<colon, value))
    }
  }

  /// The value of the first field of that name, in whatever case.
  func bytes(of name: String) -> ArraySlice<UInt8>? {
    fields.first { bytes[$0.name].equalsIgnoringCase(name) }.map { bytes[$0.value] }
  }

  /// The value of the first field of that name as text; nil when it is absent or empty.
  subscript(_ name: String) -> String? {
    guard let value = bytes(of: name), !value.isEmpty else { return nil }
    return String(decoding: value, as: UTF8.self)
  }

  /// How the length of the body is known.
  func framing() throws(HTTPConnectionError) -> Framing {
    if status < 200 || status == 204 || status == 304 { return .length(0) }
    if let coding = bytes(of: "Transfer-Encoding") {
      guard coding.equalsIgnoringCase("chunked") else { throw .malformed("the transfer coding is not chunked") }
      return .chunked
    }
    guard let length = bytes(of: "Content-Length") else { return .untilClose }
    guard let length = Int(ascii: length) else { throw .malformed("Content-Length is no number") }
    return .length(length)
  }

  /// Whether the server closes the connection after this response.
  var closesConnection: Bool {
    guard let connection = bytes(of: "Connection") else { return minorVersion == 0 }
    return minorVersion == 0
      ? !connection.equalsIgnoringCase("keep-alive") : connection.equalsIgnoringCase("close")
  }
}

/// A whole response.
struct HTTPResponse: Sendable {
  let head: HTTPResponseHead
  let body: [UInt8]

  var status: Int { head.status }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

  fileprivate var lowercased: UInt8 {
    self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
  }
}

extension ArraySlice<UInt8> {
  fileprivate func equalsIgnoringCase(_ text: String) -> Bool {
    count == text.utf8.count && zip(self, text.utf8).allSatisfy { $0.lowercased == $1.lowercased }
  }
}

extension Int {
  /// Reads unsigned digits, and nothing else.
  init?(ascii digits: ArraySlice<UInt8>, radix: Int = 10) {
    guard let first = digits.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
    self.init(String(decoding: digits, as: UTF8.self), radix: radix)
  }
}
