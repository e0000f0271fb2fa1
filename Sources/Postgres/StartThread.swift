#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Runs `body` on a new thread, where it may block. Answers 0, or the number of the error for which there is none.
func startThread(_ body: @escaping @Sendable () -> Void) -> Int32 {
  let start = Unmanaged.passRetained(ThreadStart(body: body))
  #if canImport(Darwin)
    var thread: pthread_t?
    let status = pthread_create(&thread, nil, { runThread($0) }, start.toOpaque())
    if status == 0, let thread { pthread_detach(thread) }
  #else
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, { runThread($0) }, start.toOpaque())
    if status == 0 { pthread_detach(thread) }
  #endif
  if status != 0 { start.release() }
  return status
}

/// What the new thread is given.
private final class ThreadStart {
  let body: @Sendable () -> Void

  init(body: @escaping @Sendable () -> Void) {
    self.body = body
  }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  // Signals are the main thread's business.
  var all = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_BLOCK, &all, nil)
  Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body()
  return nil
}
