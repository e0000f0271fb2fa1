/// Why an exchange came to nothing.
enum HTTPConnectionError: Error, Hashable, CustomStringConvertible {
  case couldNotConnect(String)
  /// `answerBegun` tells whether some of the answer had arrived: if not, the request may not have been seen at all.
  case lost(String, answerBegun: Bool)
  case malformed(String)

  var description: String {
    switch self {
    case .couldNotConnect(let reason): "could not connect: \(reason)"
    case .lost(let reason, _): "the connection was lost: \(reason)"
    case .malformed(let reason): "the answer is malformed: \(reason)"
    }
  }
}

/// A kept-alive HTTP/1.1 connection over one blocking socket.
///
/// It connects when it is first used. Waiting for an answer has no time limit: the next event may be hours away.
struct HTTPConnection: ~Copyable {
  private let endpoint: Endpoint
  private var socket: Socket?
  /// Whether this socket has carried an answer: then the other side may have closed it since.
  private var wasUsed = false
  private var answerBegun = false
  /// What has been received and not been read yet is `received[unread]`.
  private var received = [UInt8](repeating: 0, count: 16 * 1024)
  private var unread = 0..<0

  private static let largestHead = 256 * 1024
  private static let largestBody = 64 * 1024 * 1024

  init(to endpoint: Endpoint) {
    self.endpoint = endpoint
  }

  // MARK: Exchanges

  /// Sends a request and waits for its response.
  ///
  /// A connection that turns out to have been closed since the last exchange is replaced, once.
  mutating func exchange(head: [UInt8], body: [UInt8] = []) throws(HTTPConnectionError) -> HTTPResponse {
    let mayBeStale = wasUsed
    do {
      return try attempt(head: head, body: body)
    } catch {
      guard mayBeStale, case .lost(_, answerBegun: false) = error else { throw error }
      return try attempt(head: head, body: body)
    }
  }

  private mutating func attempt(head: [UInt8], body: [UInt8]) throws(HTTPConnectionError) -> HTTPResponse {
    do {
      try send(head, body)
    } catch {
      // A server that refuses a large body may have answered without reading all of it.
      guard socket != nil, let response = try? receive() else {
        close()
        throw error
      }
      close()
      return response
    }
    return try receive()
  }

  /// Replaces a connection that the other side has closed: before a request that cannot be sent a second time.
  mutating func closeIfStale() {
    if let socket, socket.isClosedByPeer { close() }
  }

  /// Gives the socket up; the next request connects again.
  mutating func close() {
    socket = nil
    wasUsed = false
    unread = 0..<0
  }

  // MARK: Sending

  /// Sends these two pieces, one after the other and if possible in one call, and waits for nothing.
  mutating func send(_ first: [UInt8], _ second: [UInt8] = []) throws(HTTPConnectionError) {
    answerBegun = false
    if socket == nil { socket = try Socket(connectingTo: endpoint) }
    guard let problem = socket?.send(first, second) else { return }
    throw .lost(problem.reason, answerBegun: false)
  }

  // MARK: Receiving

  /// Waits for the response to what was sent. After an error the connection is closed.
  mutating func receive() throws(HTTPConnectionError) -> HTTPResponse {
    do {
      var head = try receiveHead()
      while head.status < 200 { head = try receiveHead() }
      let body = try receiveBody(of: head)
      wasUsed = true
      if head.closesConnection { close() }
      return HTTPResponse(head: head, body: body)
    } catch {
      close()
      throw error
    }
  }

  private mutating func receiveHead() throws(HTTPConnectionError) -> HTTPResponseHead {
    var scanned = 0
    while true {
      let bytes = received[unread]
      if let end = Self.endOfHead(in: bytes, from: scanned) {
        unread = end..<unread.upperBound
        return try HTTPResponseHead(parsing: [UInt8](bytes[..<end]))
      }
      scanned = max(0, bytes.count - 3)
      guard bytes.count < Self.largestHead else { throw .malformed("the response's head has no end") }
      try receiveSome()
    }
  }

  /// Where the head's empty line ends.
  private static func endOfHead(in bytes: ArraySlice<UInt8>, from scanned: Int) -> Int? {
    let lineFeed = UInt8(ascii: "\n")
    var search = bytes.dropFirst(scanned)
    while let found = search.firstIndex(of: lineFeed) {
      search = bytes[(found + 1)...]
      let next = search.first == UInt8(ascii: "\r") ? search.dropFirst() : search
      if next.first == lineFeed { return next.startIndex + 1 }
    }
    return nil
  }

  private mutating func receiveBody(of head: HTTPResponseHead) throws(HTTPConnectionError) -> [UInt8] {
    switch try head.framing() {
    case .length(let length):
      return try receive(exactly: length)
    case .chunked:
      return try receiveChunks()
    case .untilClose:
      var body: [UInt8] = []
      while body.count <= Self.largestBody {
        body += received[unread]
        unread = 0..<0
        do { try receiveSome() } catch {
          close()
          return body
        }
      }
      throw .malformed("the response's body has no end")
    }
  }

  private mutating func receiveChunks() throws(HTTPConnectionError) -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let line = try receiveLine()
      let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
      guard let size = Int(ascii: digits, radix: 16) else { throw .malformed("a chunk has no size") }
      if size == 0 {
        while try !receiveLine().isEmpty {}
        return body
      }
      guard size <= Self.largestBody - body.count else { throw .malformed("the response's body is too large") }
      body += try receive(exactly: size)
      guard try receiveLine().isEmpty else { throw .malformed("a chunk is longer than it says") }
    }
  }

  private mutating func receiveLine() throws(HTTPConnectionError) -> ArraySlice<UInt8> {
    while true {
      if let end = received[unread].firstIndex(of: UInt8(ascii: "\n")) {
        let line = received[unread.lowerBound..<end]
        unread = (end + 1)..<unread.upperBound
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      }
      guard unread.count < Self.largestHead else { throw .malformed("a line has no end") }
      try receiveSome()
    }
  }

  private mutating func receive(exactly length: Int) throws(HTTPConnectionError) -> [UInt8] {
    guard length <= Self.largestBody else { throw .malformed("the response's body is too large") }
    let here = min(length, unread.count)
    let begin = received[unread].prefix(here)
    unread = (unread.lowerBound + here)..<unread.upperBound
    guard here < length, let socket else { return [UInt8](begin) }

    // Straight into its place: a large event is copied once, by the kernel.
    var problem: String?
    let body = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      bytes.copyBytes(from: begin)
      count = here
      while count < length, problem == nil {
        switch socket.receive(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...])) {
        case .success(let some): count += some
        case .failure(let error): problem = error.reason
        }
      }
    }
    if let problem { throw .lost(problem, answerBegun: true) }
    return body
  }

  /// Waits for at least one byte more.
  private mutating func receiveSome() throws(HTTPConnectionError) {
    if unread.isEmpty {
      unread = 0..<0
    } else if unread.upperBound == received.count {
      if unread.lowerBound == 0 {
        received += [UInt8](repeating: 0, count: received.count)
      } else {
        received.replaceSubrange(0..<unread.count, with: received[unread])
        unread = 0..<unread.count
      }
    }
    guard let socket else { throw .lost("the connection is closed", answerBegun: answerBegun) }
    let end = unread.upperBound
    let result = received.withUnsafeMutableBytes {
      socket.receive(into: UnsafeMutableRawBufferPointer(rebasing: $0[end...]))
    }
    switch result {
    case .success(let count):
      answerBegun = true
      unread = unread.lowerBound..<(end + count)
    case .failure(let error):
      throw .lost(error.reason, answerBegun: answerBegun)
    }
  }
}
