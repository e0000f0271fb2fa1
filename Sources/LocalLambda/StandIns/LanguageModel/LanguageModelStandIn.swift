internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A server that speaks OpenAI's protocol and answers by rules in place of a language model: names, preferences,
/// references, dates and requests are picked out of the text, and nothing is made up. It calls itself `stand-in`.
///
/// ```swift
/// let model = try await LanguageModelStandIn.start()
/// model.baseURL                                  // http://127.0.0.1:40961/v1
/// model.fail(.status(429, retryAfter: "1"))      // the next request, then all is well again
/// await model.shutdown()
/// ```
public final class LanguageModelStandIn: Sendable {
  /// The name it answers with, whatever model was asked for.
  public static let model = "stand-in"

  /// One request that it got.
  public struct Request: Sendable {
    /// `memory`, `reply`, or nil for a prompt of somebody else.
    public var purpose: String?
    /// The last message of the user role.
    public var prompt: String
    /// The whole request.
    public var body: [UInt8]
  }

  struct State {
    var orders: [LanguageModelFault.Order] = []
    var requestCount = 0
    /// The last of them.
    var requests: [Request] = []
    var isHeld = false
    var held: [CheckedContinuation<Void, Never>] = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    mutating func note(_ request: Request) {
      requestCount += 1
      if requests.count == keptRequests { requests.removeFirst() }
      requests.append(request)
    }
  }

  private let host: String
  private let server: HTTPServer
  private let state: StateBox

  /// The state, shared with the connections' handlers.
  final class StateBox: Sendable {
    let state = Mutex(State())
    let latency: Duration
    let log: @Sendable (String) -> Void

    init(latency: Duration, log: @escaping @Sendable (String) -> Void) {
      self.latency = latency
      self.log = log
    }
  }

  /// Starts listening; port 0 takes any free one. Each answer takes `latency` longer, as a model would.
  public static func start(
    host: String = "127.0.0.1", port: Int = 0, latency: Duration = .zero,
    log: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws(ListenError) -> LanguageModelStandIn {
    let state = StateBox(latency: latency, log: log)
    let server = try await HTTPServer.listen(
      host: host, port: port, eventLoop: MultiThreadedEventLoopGroup.singleton.any(),
      responder: CollectedRequests(maximumBodyBytes: maximumBodyBytes) { request, exchange in
        StandInRoutes.answer(request, exchange, state: state)
      })
    return LanguageModelStandIn(host: host, server: server, state: state)
  }

  private init(host: String, server: HTTPServer, state: StateBox) {
    self.host = host
    self.server = server
    self.state = state
  }

  /// More than any context window holds.
  private static let maximumBodyBytes = 64 << 20

  /// The port it listens on.
  public var port: Int { server.port }

  /// What `LLM_BASE_URL` is set to.
  public var baseURL: String { LocalAddress.url(host: host, port: port) + "/v1" }

  /// How many requests are kept: it may serve for days.
  private static let keptRequests = 100

  /// The last requests, in order, up to a hundred.
  public var requests: [Request] { state.state.withLock { $0.requests } }

  /// Orders a fault for the next requests (of those whose prompt holds a text).
  public func fail(_ fault: LanguageModelFault, times: Int = 1, whenPromptContains needle: String? = nil) {
    state.state.withLock {
      $0.orders.append(LanguageModelFault.Order(fault: fault, remaining: times, needle: needle))
    }
  }

  /// Keeps every answer back until `release()`: the model is "running".
  public func hold() { state.state.withLock { $0.isHeld = true } }

  /// Lets the answers go.
  public func release() {
    let held = state.state.withLock { state in
      defer { state.held = [] }
      state.isHeld = false
      return state.held
    }
    for continuation in held { continuation.resume() }
  }

  /// Returns when so many requests have come in since the start.
  public func waitForRequests(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.state.withLock { state in
        if state.requestCount >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  /// Stops listening and closes the connections.
  public func shutdown() async {
    release()
    await server.shutdown()
  }
}

extension LanguageModelStandIn.StateBox {
  /// Notes a request; gives back the fault that was ordered for it.
  func receive(_ request: LanguageModelStandIn.Request) async -> LanguageModelFault? {
    let (fault, watchers) = state.withLock { state in
      state.note(request)
      let count = state.requestCount
      let due = state.watchers.filter { $0.count <= count }
      state.watchers.removeAll { $0.count <= count }
      guard let index = state.orders.firstIndex(where: { $0.hits(request.prompt) }) else {
        return (LanguageModelFault?.none, due)
      }
      state.orders[index].remaining -= 1
      let fault = state.orders[index].fault
      state.orders.removeAll { $0.remaining == 0 }
      return (fault, due)
    }
    for watcher in watchers { watcher.continuation.resume() }
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isHeld { state.held.append(continuation) }
        return !state.isHeld
      }
      if isFree { continuation.resume() }
    }
    if latency > .zero { try? await Task.sleep(for: latency) }
    return fault
  }
}
