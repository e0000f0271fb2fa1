import CLibpq
import Synchronization

/// What it takes to ask the server to cancel whatever one connection is doing.
///
/// `@unchecked Sendable`: libpq makes this object once, for use from any thread, and nothing changes it afterwards.
final class CancelRequest: @unchecked Sendable {
  private let pointer: OpaquePointer

  init?(connection: OpaquePointer) {
    guard let pointer = PQgetCancel(connection) else { return nil }
    self.pointer = pointer
  }

  deinit {
    PQfreeCancel(pointer)
  }

  /// Sends the request on a connection of its own, and returns when the server has dealt with it.
  func send() {
    var reason = [CChar](repeating: 0, count: 256)
    // A request that fails leaves the statement running to its end, which is then what the caller gets.
    _ = PQcancel(pointer, &reason, Int32(reason.count))
  }
}

/// Carries the cancellation of a task to the statement it waits for.
final class StatementCancellation: Sendable {
  private struct State {
    var isCancelled = false
    var request: CancelRequest?
  }

  private let state = Mutex(State())

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Says that a statement begins, which `request` would cancel; false when it must not begin.
  func begin(_ request: CancelRequest?) -> Bool {
    state.withLock { state in
      state.request = request
      return !state.isCancelled
    }
  }

  /// Says that the statement has ended. A request under way has then been dealt with, so that it cannot hit the
  /// connection's next statement.
  func end() {
    state.withLock { $0.request = nil }
  }

  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.request?.send()
    }
  }
}
