#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
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
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, &piece, limit)
      #else
        let count = Darwin.read(descriptor, &piece, limit)
      #endif
      if count < 0, errno == EINTR { continue }
      return Array(piece.prefix(max(0, count)))
    }
  }

  /// Writes all of it, or as much as the reader still takes.
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var sent = 0
    while sent < bytes.count {
      let rest = Array(bytes[sent...])
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, rest, rest.count)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, rest, rest.count)
      #else
        let count = Darwin.write(descriptor, rest, rest.count)
      #endif
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      if count <= 0 { return }
      sent += count
    }
  }

  /// The size of standard output's terminal, in characters; 100 by 40 where there is none.
  static var terminalSize: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (100, 40) }
    return (Int(size.ws_col), Int(size.ws_row))
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
