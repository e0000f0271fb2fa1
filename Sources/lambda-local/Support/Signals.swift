import Dispatch
import LocalLambda
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ctrl-C, SIGTERM and the end of the terminal: the first one ends the work in good order, the second one at once.
enum Signals {
  /// Without SIGHUP where nohup(1) has it ignored.
  private static let numbers: [Int32] = {
    let before = unsafeBitCast(signal(SIGHUP, SIG_IGN), to: Int.self)
    return before == unsafeBitCast(SIG_IGN, to: Int.self) ? [SIGINT, SIGTERM] : [SIGINT, SIGTERM, SIGHUP]
  }()

  /// Runs the body; when a signal comes, cancels it and waits for its end. Tells whether that is what happened.
  static func cancelling(
    _ stopping: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () async throws -> Void
  ) async throws -> Bool {
    let work = Task { try await body() }
    let received = SignalCount()
    let sources = numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        guard received.next() == 1 else {
          HardStop.killFunctions()
          _exit(128 + number)
        }
        stopping()
        work.cancel()
      }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    do {
      try await work.value
      return received.value > 0
    } catch {
      // What was cut short fails in many ways, and none of them is news.
      guard received.value > 0 else { throw error }
      return true
    }
  }

  /// Waits for the signal: throws `CancellationError` when it comes.
  static func wait() async throws {
    while true { try await Task.sleep(for: .seconds(86_400)) }
  }
}

/// How many signals came.
private final class SignalCount: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  func next() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}
