import CLibpq
import Synchronization
import Threads

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

  /// Sends the request, on a connection and a thread of its own: where a server answers nobody, it may take for ever.
  func sendFromThread() {
    // A request that fails, or finds no thread, leaves the statement running to its end, which is then what the caller
    // gets.
    try? startThread {
      var reason = [CChar](repeating: 0, count: 256)
      _ = PQcancel(self.pointer, &reason, Int32(reason.count))
    }.detach()
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
      guard !state.isCancelled else { return false }
      state.request = request
      return true
    }
  }

  /// Says that the statement has ended; true when its end was asked for. Nobody knows when such a request is dealt
  /// with: the connection must not be used for another statement, which it might hit.
  func end() -> Bool {
    state.withLock { state in
      state.request = nil
      return state.isCancelled
    }
  }

  /// Asks for the end of the statement.
  func cancel() {
    let request = state.withLock { state in
      state.isCancelled = true
      return state.request
    }
    request?.sendFromThread()
  }
}
