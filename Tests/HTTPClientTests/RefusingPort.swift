#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A loopback port that refuses every connection: bound, so that nobody else can take it, and never listened on.
final class RefusingPort {
  struct Failure: Error {
    let code: Int32
  }

  let number: UInt16
  private let descriptor: Int32

  init() throws {
    #if canImport(Darwin)
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let status = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
      }
    }
    number = UInt16(bigEndian: address.sin_port)
    if status != 0 { throw Failure(code: errno) }
  }

  deinit { close(descriptor) }
}
