#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A connected, blocking TCP socket, closed when it goes away.
final class Socket: Sendable {
  /// Why a call failed, in the system's words.
  struct Failure: Error {
    let reason: String
  }

  private let descriptor: Int32

  /// Connects to the first of the host's addresses that answers.
  init(connectingTo endpoint: Endpoint) throws(HTTPConnectionError) {
    var hints = addrinfo()
    hints.ai_socktype = streamType
    var addresses: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(endpoint.host, "\(endpoint.port)", &hints, &addresses)
    guard status == 0 else { throw .couldNotConnect(String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(addresses) }

    var reason = "the host has no address"
    var next = addresses
    while let address = next {
      next = address.pointee.ai_next
      let descriptor = socket(address.pointee.ai_family, streamType | closeOnExec, 0)
      guard descriptor >= 0 else {
        reason = systemError()
        continue
      }
      if connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
        Self.prepare(descriptor)
        self.descriptor = descriptor
        return
      }
      reason = systemError()
      close(descriptor)
    }
    throw .couldNotConnect(reason)
  }

  deinit {
    close(descriptor)
  }

  private static func prepare(_ descriptor: Int32) {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
    #if canImport(Darwin)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, size)
    #endif
  }

  /// Sends all of both pieces; returns what went wrong, if anything did.
  func send(_ first: [UInt8], _ second: [UInt8]) -> Failure? {
    first.withUnsafeBytes { first in
      second.withUnsafeBytes { second in
        var sent = 0
        while sent < first.count + second.count {
          let count = sendSome(first.dropFirst(sent), second.dropFirst(sent - min(sent, first.count)))
          if count < 0, errno != EINTR { return Failure(reason: systemError()) }
          sent += max(count, 0)
        }
        return nil
      }
    }
  }

  private func sendSome(_ first: Slice<UnsafeRawBufferPointer>, _ second: Slice<UnsafeRawBufferPointer>) -> Int {
    var pieces = (iovec(first), iovec(second))
    return withUnsafeMutablePointer(to: &pieces) { pieces in
      pieces.withMemoryRebound(to: iovec.self, capacity: 2) { pieces in
        var message = msghdr()
        message.msg_iov = pieces
        message.msg_iovlen = 2
        return sendmsg(descriptor, &message, noSignal)
      }
    }
  }

  /// Waits for some bytes.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Result<Int, Failure> {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .success(count) }
      if count == 0 { return .failure(Failure(reason: "the other side closed the connection")) }
      if errno != EINTR { return .failure(Failure(reason: systemError())) }
    }
  }

  /// Whether the other side has closed the connection, told without waiting.
  var isClosedByPeer: Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, peekWithoutWaiting)
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
  }
}

extension iovec {
  fileprivate init(_ bytes: Slice<UnsafeRawBufferPointer>) {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    self.init(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
  }
}

/// What the last system call says went wrong.
private func systemError() -> String {
  String(cString: strerror(errno))
}

#if canImport(Glibc)
  private let streamType = Int32(SOCK_STREAM.rawValue)
  private let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)
  private let noSignal = Int32(MSG_NOSIGNAL)
  private let peekWithoutWaiting = Int32(MSG_PEEK | MSG_DONTWAIT)
#else
  private let streamType = SOCK_STREAM
  private let closeOnExec: Int32 = 0
  private let noSignal: Int32 = 0
  private let peekWithoutWaiting = MSG_PEEK | MSG_DONTWAIT
#endif
