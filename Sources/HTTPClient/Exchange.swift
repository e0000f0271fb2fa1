import Synchronization

/// One request and its answer, between the task that asked and the curl thread.
final class Exchange: Sendable {
  let request: HTTPClientRequest
  private let thread: CurlThread
  private let state: Mutex<ExchangeState>

  init(_ request: HTTPClientRequest, isStreaming: Bool, on thread: CurlThread) {
    self.request = request
    self.thread = thread
    state = Mutex(ExchangeState(isStreaming: isStreaming, maximumResponseBytes: request.maximumResponseBytes))
  }

  // MARK: The curl thread's side

  /// Whether there is nothing left to do: cancelled before it was started, for example.
  var isEnded: Bool { state.withLock { $0.end != nil } }

  /// Whether it is the size of the answer that made ``receive(_:)-(UnsafeBufferPointer<UInt8>)`` abort.
  var isTooLarge: Bool { state.withLock { $0.isTooLarge } }

  func receive(_ head: ResponseHead) {
    resume(state.withLock { $0.receive(head) })
  }

  func receive(_ chunk: UnsafeBufferPointer<UInt8>) -> ExchangeState.Verdict {
    let (verdict, ready) = state.withLock { $0.receive(chunk) }
    resume(ready)
    return verdict
  }

  func finish(_ result: Result<Void, HTTPClientError>) {
    resume(state.withLock { $0.finish(result) })
  }

  // MARK: The caller's side

  /// Waits for the whole answer.
  func response() async throws(HTTPClientError) -> HTTPClientResponse {
    await wait(for: .end)
    let (end, head, body) = state.withLock { ($0.end, $0.head ?? ResponseHead(), $0.takeBytes().bytes) }
    try end?.get()
    return HTTPClientResponse(status: head.status, headers: head.headers, body: body)
  }

  /// Waits for the head of the answer.
  func head() async throws(HTTPClientError) -> ResponseHead {
    await wait(for: .head)
    let (end, head) = state.withLock { ($0.end, $0.head) }
    if let head { return head }
    try end?.get()
    return ResponseHead()
  }

  /// Waits for the next piece of the body; nil after the last.
  func nextChunk() async throws(HTTPClientError) -> [UInt8]? {
    while true {
      await wait(for: .body)
      let (taken, end) = state.withLock { ($0.takeBytes(), $0.end) }
      if taken.resumesTransfer { thread.submit(.goOn(self)) }
      if !taken.bytes.isEmpty { return taken.bytes }
      if let end {
        try end.get()
        return nil
      }
    }
  }

  /// Ends the exchange now; the curl thread lets go of the transfer when it gets to it.
  func cancel() {
    let error = HTTPClientError.cancelled(request, mayHaveBeenSent: true)
    let (wasEnded, ready) = state.withLock { state in (state.end != nil, state.finish(.failure(error))) }
    resume(ready)
    if !wasEnded { thread.submit(.remove(self)) }
  }

  private func wait(for milestone: ExchangeState.Milestone) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        state.withLock { $0.wait(for: milestone, continuation) }?.resume()
      }
    } onCancel: {
      cancel()
    }
  }

  private func resume(_ continuations: [ExchangeState.Continuation]) {
    for continuation in continuations { continuation.resume() }
  }
}
