import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard error, for callers that must not wait: the reader may pause, as a pager does or a terminal that was stopped.
///
/// What can be written at once is. Else it is kept, up to a limit, for a thread that waits in their place.
enum ErrorOutput {
  private struct State {
    var kept: [UInt8] = []
    var lostLines = 0
    var isWaiting = false
  }

  private static let state = Mutex(State())
  private static let thread = DispatchQueue(label: "standard error")
  private static let limit = 16 << 20
  /// A pipe that can be written to has room for so many bytes: pipe(7), `PIPE_BUF`.
  private static let atOnce = 4096

  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    state.withLock { state in
      if !state.isWaiting, bytes.count <= atOnce, Platform.canWrite(to: 2) {
        Platform.write(bytes, to: 2)
        return
      }
      guard state.kept.count + bytes.count <= limit else {
        state.lostLines += 1
        return
      }
      state.kept += bytes
      if !state.isWaiting { thread.async { writeKept() } }
      state.isWaiting = true
    }
  }

  /// Has the program wait at its end until all is written; not long, for the reader may pause.
  static func finishAtExit() {
    atexit { ErrorOutput.finish() }
  }

  private static func finish() {
    guard state.withLock(\.isWaiting) else { return }
    let written = DispatchSemaphore(value: 0)
    thread.async { written.signal() }
    _ = written.wait(timeout: .now() + 1)
  }

  private static func writeKept() {
    while let bytes = takeKept() { Platform.write(bytes, to: 2) }
  }

  private static func takeKept() -> [UInt8]? {
    state.withLock { state in
      if state.lostLines > 0 {
        state.kept += "lambda-local: \(state.lostLines) lines were lost here: nobody read them\n".utf8
        state.lostLines = 0
      }
      state.isWaiting = !state.kept.isEmpty
      defer { state.kept = [] }
      return state.isWaiting ? state.kept : nil
    }
  }
}
