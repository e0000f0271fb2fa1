#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The few system calls of the command line.
enum Platform {
  /// Reads up to so many bytes; empty at the end.
  static func read(_ descriptor: Int32, upTo limit: Int = 65_536) -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: limit)
    while true {
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, &piece, limit)
      #else
        let count = Darwin.read(descriptor, &piece, limit)
      #endif
      if count < 0, errno == EINTR { continue }
      return Array(piece.prefix(max(0, count)))
    }
  }

  /// Writes all of it; answers whether that was possible.
  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        #if canImport(Glibc)
          let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        #else
          let count = Darwin.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        #endif
        if count < 0, errno == EAGAIN {
          var full = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&full, 1, -1)
        } else if count > 0 {
          rest = rest.dropFirst(count)
        } else if errno != EINTR {
          return false
        }
      }
      return true
    }
  }

  /// Why the last call failed, in the system's words.
  static var reason: String { String(cString: strerror(errno)) }

  /// The size of standard output's terminal, in characters; 100 by 40 where there is none.
  static var terminalSize: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (100, 40) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Whether something can be written without waiting for a reader.
  static func canWrite(to descriptor: Int32) -> Bool {
    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&ready, 1, 0) == 1
  }

  /// Whether a descriptor is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}

extension Platform {
  /// The folder of this very program.
  static var programDirectory: String {
    var path = [CChar](repeating: 0, count: 4096)
    #if canImport(Darwin)
      var size = UInt32(path.count)
      guard _NSGetExecutablePath(&path, &size) == 0 else { return "." }
    #else
      guard readlink("/proc/self/exe", &path, path.count - 1) > 0 else { return "." }
    #endif
    let text = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.lastIndex(of: "/").map { String(text[..<$0]) } ?? "."
  }
}
