#if canImport(Glibc)
  @preconcurrency import Glibc
#else
  import Darwin
#endif

/// How the process of a function ends: the codes of sysexits.h.
public enum ExitCode: Int32, Sendable {
  /// All is done that was asked for.
  case done = 0
  /// What was asked for could not be done.
  case failed = 1
  /// The program was called in a way that it does not know.
  case wrongUsage = 64
  /// Something that the program needs cannot be reached.
  case unavailable = 69
  /// A variable is missing or malformed.
  case badConfiguration = 78
}

/// Ends the process at once, with a reason for people on standard error.
///
/// Exit handlers are not run: other threads may still be at work in the libraries that those take down.
public func exitProcess(_ code: ExitCode, _ reason: String? = nil) -> Never {
  if let reason { StandardStream.error.write(reason + "\n") }
  fflush(stdout)
  _exit(code.rawValue)
}
