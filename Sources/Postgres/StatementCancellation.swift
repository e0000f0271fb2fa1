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
      guard !state.isCancelled else { return false }
      state.request = request
      return true
    }
  }

  /// Says that the statement has ended. A request under way has then been dealt with, so that it cannot hit the
  /// connection's next statement.
  func end() {
    state.withLock { $0.request = nil }
  }

  /// Asks for the end of the statement, on a thread of its own: the request may take long, and whoever cancels a task
  /// runs on a thread that others need.
  func cancel() {
    let isUnderWay = state.withLock { state in
      state.isCancelled = true
      return state.request != nil
    }
    // Without a thread the statement runs to its end, as it does after a request that fails.
    if isUnderWay { _ = startThread { self.sendRequest() } }
  }

  /// Sends the request, unless the statement has ended meanwhile, and keeps its end waiting for so long.
  private func sendRequest() {
    state.withLock { state in
      guard let request = state.request else { return }
      request.send()
    }
  }
}
