#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Signals on their way from whichever thread one interrupts to where something can be done about it.
///
/// (On Linux, Dispatch's own signal sources were seen to miss one about once in fifteen stops in a row.)
enum SignalPipe {
  private static let ends: (read: Int32, write: Int32) = {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }()

  /// Can be read once a signal has come.
  static var readEnd: Int32 { ends.read }

  /// Has a signal go through the pipe from now on. To be called once the pipe is there: a handler must not make it.
  static func take(_ number: Int32) {
    _ = signal(number) { number in
      let before = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(SignalPipe.ends.write, &byte, 1)
      errno = before
    }
  }

  /// Takes the next signal out of the pipe.
  static func next() -> Int32? {
    var byte: UInt8 = 0
    return read(readEnd, &byte, 1) == 1 ? Int32(byte) : nil
  }
}
