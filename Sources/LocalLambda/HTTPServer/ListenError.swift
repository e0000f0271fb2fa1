import NIOCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why a server cannot listen, and what to do about it.
public struct ListenError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The address that was asked for.
  public let host: String
  /// The port that was asked for.
  public let port: Int
  /// The operating system's number for what went wrong.
  public let code: Int32?
  private let reason: String

  /// The ports that there are; 0 stands for any free one.
  public static let ports = 0...65_535

  /// Why nobody can listen on a number outside of these.
  struct NoPort: Error, CustomStringConvertible {
    var description: String { "ports are 1 to 65535" }
  }

  init(host: String, port: Int, cause: any Error) {
    self.host = host
    self.port = port
    code = (cause as? IOError)?.errnoCode
    reason = String(describing: cause)
  }

  /// Another program has the port.
  public var isAddressInUse: Bool { code == EADDRINUSE }

  /// A sentence for people.
  public var description: String {
    switch code {
    case EADDRINUSE:
      "Port \(port) on \(host) is taken by another program. Stop that program, or choose another port (0 takes any free one)."
    case EACCES:
      "This user may not listen on port \(port). Choose a port above 1023."
    case EADDRNOTAVAIL:
      "\(host) is no address of this machine. Use 127.0.0.1."
    default:
      "Cannot listen on \(host) port \(port): \(reason)"
    }
  }
}
