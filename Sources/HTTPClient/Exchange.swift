import Synchronization

/// One request and how it ends, between the task that asked and the curl thread.
final class Exchange: Sendable {
  typealias End = Result<HTTPClientResponse, HTTPClientError>
  private typealias Waiter = CheckedContinuation<End, Never>

  private struct State {
    var end: End?
    var waiter: Waiter?
  }

  let request: HTTPClientRequest
  private let thread: CurlThread
  private let state = Mutex(State())

  init(_ request: HTTPClientRequest, on thread: CurlThread) {
    self.request = request
    self.thread = thread
  }

  /// Whether there is nothing left to do: cancelled before it was started, for example.
  var isEnded: Bool { state.withLock { $0.end != nil } }

  /// Ends the exchange. The first end counts: a cancellation is not undone by the transfer's own result.
  func finish(_ end: End) {
    let waiter = state.withLock { state -> Waiter? in
      guard state.end == nil else { return nil }
      state.end = end
      return state.waiter
    }
    waiter?.resume(returning: end)
  }

  /// Waits for the end. A cancelled task does not wait for the curl thread, which lets go of the transfer when it gets
  /// to it.
  func response() async throws(HTTPClientError) -> HTTPClientResponse {
    let end = await withTaskCancellationHandler {
      await withCheckedContinuation { (waiter: Waiter) in
        let end = state.withLock { state -> End? in
          if state.end == nil { state.waiter = waiter }
          return state.end
        }
        if let end { waiter.resume(returning: end) }
      }
    } onCancel: {
      finish(.failure(.cancelled(request, mayHaveBeenSent: true)))
      thread.submit(.remove(self))
    }
    return try end.get()
  }
}
