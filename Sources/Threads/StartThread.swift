#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Runs `body` on a new thread, where it may block.
///
/// Signals are other threads' business: the new one gets none of them, so that a broken pipe is an error there and not
/// the end of the process. Only its own faults reach it.
///
/// ```swift
/// let thread = try startThread { work() }
/// thread.join()
/// ```
///
/// - Parameter stackSize: in bytes; nil takes the system's own.
/// - Returns: the thread, to be joined or detached, once: what it holds is freed by that.
public func startThread(
  stackSize: Int? = nil, _ body: @escaping @Sendable () -> Void
) throws(ThreadError) -> RunningThread {
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  if let stackSize { pthread_attr_setstacksize(&attributes, stackSize) }

  let start = Unmanaged.passRetained(ThreadStart(body: body))
  #if canImport(Darwin)
    var created: pthread_t?
  #else
    var created = pthread_t()
  #endif
  let status = pthread_create(&created, &attributes, { runThread($0) }, start.toOpaque())
  let thread: pthread_t? = created
  guard status == 0, let id = thread else {
    start.release()
    throw ThreadError(code: status)
  }
  return RunningThread(id: id)
}

/// A thread that was started, by its name.
///
/// `@unchecked Sendable`: it never changes, and any thread may call pthread_join(3) and pthread_detach(3) with it.
public struct RunningThread: @unchecked Sendable {
  fileprivate let id: pthread_t

  /// Waits until the thread has ended.
  public func join() {
    pthread_join(id, nil)
  }

  /// Lets the thread end when it likes, without anybody who waits for it.
  public func detach() {
    pthread_detach(id)
  }
}

/// Why no thread could be started.
public struct ThreadError: Error, Sendable, Hashable, CustomStringConvertible {
  /// As in errno(3).
  let code: Int32

  /// The error in the system's words.
  public var description: String { String(cString: strerror(code)) }
}

/// What the new thread is given.
private final class ThreadStart: Sendable {
  let body: @Sendable () -> Void

  init(body: @escaping @Sendable () -> Void) {
    self.body = body
  }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  blockSignals()
  Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body()
  return nil
}

private func blockSignals() {
  var signals = sigset_t()
  sigfillset(&signals)
  // A fault that is blocked kills as well, but past the handler that tells where it was.
  for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP] { sigdelset(&signals, fault) }
  pthread_sigmask(SIG_BLOCK, &signals, nil)
}
