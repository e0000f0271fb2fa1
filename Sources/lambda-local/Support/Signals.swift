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
    let interruption = Interruption()
    // Before the work begins, whose first words may be that Ctrl-C ends it.
    let source = DispatchSource.makeReadSource(fileDescriptor: SignalPipe.readEnd, queue: .global())
    source.setEventHandler {
      guard let number = SignalPipe.next() else { return }
      guard interruption.isFirst() else {
        HardStop.killFunctions()
        _exit(128 + number)
      }
      stopping()
      interruption.cancelWork()
    }
    source.resume()
    defer { source.cancel() }
    for number in numbers { SignalPipe.take(number) }
    let work = Task { try await body() }
    interruption.ends(work)
    do {
      try await work.value
      return interruption.hasCome
    } catch {
      // What was cut short fails in many ways, and none of them is news.
      guard interruption.hasCome else { throw error }
      return true
    }
  }

  /// Waits for the signal: throws `CancellationError` when it comes.
  static func wait() async throws {
    while true { try await Task.sleep(for: .seconds(86_400)) }
  }
}

/// The signals that came, and the work that the first one ends.
private final class Interruption: Sendable {
  private struct State {
    var signals = 0
    var work: Task<Void, any Error>?
  }

  private let state = Mutex(State())

  var hasCome: Bool { state.withLock { $0.signals > 0 } }

  /// Notes a signal, and answers whether it is the first one.
  func isFirst() -> Bool {
    state.withLock { state in
      state.signals += 1
      return state.signals == 1
    }
  }

  /// Says what is to end; a signal may have come already.
  func ends(_ work: Task<Void, any Error>) {
    state.withLock { state in
      state.work = work
      if state.signals > 0 { work.cancel() }
    }
  }

  func cancelWork() { state.withLock { $0.work }?.cancel() }
}
