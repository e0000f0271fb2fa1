import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ends the process cleanly when it is asked to by SIGTERM.
///
/// An idle process ends at once, also while it waits for the next event. One that has work in hand gets a moment to
/// finish it, about what Lambda leaves before it kills; what is not done by then is abandoned and left to Lambda's
/// retry.
final class Termination: Sendable {
  private struct State {
    var running = 0
    var isRequested = false
  }

  private let state = Mutex(State())
  private static let grace: UInt32 = 300_000  // microseconds

  /// Takes over SIGTERM. Call before any other thread is started: they inherit that the signal is blocked.
  func watch() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    // A thread that waits for the signal may do anything when it comes; a signal handler could do next to nothing.
    startThreadOrExit(stackSize: 256 * 1024) { [signals] in
      var signals = signals
      var signal: Int32 = 0
      repeat { sigwait(&signals, &signal) } while signal != SIGTERM
      let isIdle = self.state.withLock {
        $0.isRequested = true
        return $0.running == 0
      }
      if !isIdle { usleep(Self.grace) }
      exitProcess(.done)
    }
  }

  /// An event was taken in hand.
  func begin() {
    state.withLock { $0.running += 1 }
  }

  /// An event was dealt with.
  func end() {
    let isOver = state.withLock {
      $0.running -= 1
      return $0.isRequested && $0.running == 0
    }
    if isOver { exitProcess(.done) }
  }
}
