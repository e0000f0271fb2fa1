/// The head of an answer.
struct ResponseHead: Sendable {
  var status = 0
  var headers = HTTPClientHeaders()
}

/// What the caller's side and the curl thread know of one exchange: plain state, no locks, no sockets.
///
/// Every change returns the continuations of those who waited for what it brought, to be resumed by whoever holds the
/// lock once it is let go.
struct ExchangeState {
  typealias Continuation = CheckedContinuation<Void, Never>

  /// Something that one can wait for.
  enum Milestone {
    case head
    case body
    case end
  }

  /// What the curl thread is to do with bytes that it brought.
  enum Verdict {
    case taken
    /// The reader is behind: bring them again when it has caught up.
    case wait
    case abort
  }

  /// How much of a streamed body waits here before the transfer is paused.
  static let window = 256 << 10

  let isStreaming: Bool
  let maximumResponseBytes: Int
  private(set) var head: ResponseHead?
  private(set) var bytes: [UInt8] = []
  private(set) var end: Result<Void, HTTPClientError>?
  private var receivedBytes = 0
  private var isPaused = false
  private var waiters: [(milestone: Milestone, continuation: Continuation)] = []

  init(isStreaming: Bool, maximumResponseBytes: Int) {
    self.isStreaming = isStreaming
    self.maximumResponseBytes = maximumResponseBytes
  }

  /// Whether the answer grew over what the request allows.
  var isTooLarge: Bool { receivedBytes > maximumResponseBytes }

  // MARK: The curl thread's side

  mutating func receive(_ head: ResponseHead) -> [Continuation] {
    self.head = head
    return takeReadyWaiters()
  }

  mutating func receive(_ chunk: UnsafeBufferPointer<UInt8>) -> (Verdict, [Continuation]) {
    guard end == nil else { return (.abort, []) }
    if isStreaming && bytes.count >= Self.window {
      isPaused = true
      return (.wait, [])
    }
    receivedBytes += chunk.count
    guard !isTooLarge else { return (.abort, []) }
    bytes.append(contentsOf: chunk)
    return (.taken, takeReadyWaiters())
  }

  /// The first end counts: a cancellation is not undone by the transfer's own result.
  mutating func finish(_ result: Result<Void, HTTPClientError>) -> [Continuation] {
    guard end == nil else { return [] }
    end = result
    return takeReadyWaiters()
  }

  // MARK: The caller's side

  /// Returns the continuation to resume at once, if what it wants is there already.
  mutating func wait(for milestone: Milestone, _ continuation: Continuation) -> Continuation? {
    if isReached(milestone) { return continuation }
    waiters.append((milestone, continuation))
    return nil
  }

  /// What has arrived of the body, and whether the transfer has to be told to go on.
  mutating func takeBytes() -> (bytes: [UInt8], resumesTransfer: Bool) {
    defer {
      bytes = []
      isPaused = false
    }
    return (bytes, isPaused && end == nil)
  }

  private func isReached(_ milestone: Milestone) -> Bool {
    switch milestone {
    case .head: head != nil || end != nil
    case .body: !bytes.isEmpty || end != nil
    case .end: end != nil
    }
  }

  private mutating func takeReadyWaiters() -> [Continuation] {
    guard !waiters.isEmpty else { return [] }
    let ready = waiters.filter { isReached($0.milestone) }.map(\.continuation)
    waiters = waiters.filter { !isReached($0.milestone) }
    return ready
  }
}
