#if canImport(Glibc)
  @preconcurrency import Glibc
#else
  import Darwin
#endif

/// How the process of a function ends.
enum ExitCode: Int32 {
  case done = 0
  case failed = 1
  case wrongUsage = 64
  case unavailable = 69
  case badConfiguration = 78
}

/// Ends the process at once, with a reason for people on standard error.
///
/// Exit handlers are not run: other threads may still be at work in the libraries that those take down.
func exitProcess(_ code: ExitCode, _ reason: String? = nil) -> Never {
  if let reason { writeToStandardError(Array((reason + "\n").utf8)) }
  fflush(stdout)
  _exit(code.rawValue)
}

/// Writes these bytes in one call if possible: lines of several threads do not mix.
func writeToStandardError(_ bytes: [UInt8]) {
  bytes.withUnsafeBytes { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = write(2, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno != EINTR { return }
      rest = rest.dropFirst(max(count, 0))
    }
  }
}
