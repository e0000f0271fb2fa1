import Synchronization

/// The way out for an answer that is sent while it is made.
public final class LambdaResponseStream: Sendable {
  private enum State {
    case notBegun
    case open
    case broken
    case finished
  }

  private let api: RuntimeAPI
  private let invocation: Invocation
  private let contentType: String
  private let state = Mutex(State.notBegun)

  init(to api: RuntimeAPI, for invocation: Invocation, contentType: String) {
    self.api = api
    self.invocation = invocation
    self.contentType = contentType
  }

  /// Sends these bytes, after those before; the first call begins the response, even with no bytes.
  ///
  /// - Throws: when nobody takes the answer any more. The handler should then give up.
  public func write(_ bytes: [UInt8]) async throws(LambdaResponseStreamError) {
    try state.withLock { (state) throws(LambdaResponseStreamError) in
      do {
        switch state {
        case .notBegun: try api.beginStream(for: invocation, contentType: contentType, with: bytes)
        case .open: if !bytes.isEmpty { try api.continueStream(with: bytes) }
        case .broken: throw HTTPConnectionError.lost("an earlier write failed", answerBegun: false)
        case .finished: throw LambdaResponseStreamError.finished
        }
        state = .open
      } catch let error as LambdaResponseStreamError {
        throw error
      } catch {
        state = .broken
        throw .disconnected("\(error)")
      }
    }
  }

  /// Ends the response, as a failure if there is one. Nothing can be written afterwards.
  func finish(_ failure: FailureReport?) throws(RuntimeAPIError) {
    try state.withLock { (state) throws(RuntimeAPIError) in
      defer { state = .finished }
      switch (state, failure) {
      case (.finished, _): return
      case (.notBegun, .some(let failure)): try api.fail(invocation, with: failure)
      case (.notBegun, .none):
        // A connection that breaks here breaks in `endStream` as well, which tells it.
        try? api.beginStream(for: invocation, contentType: contentType, with: [])
        try api.endStream(of: invocation, failure: nil)
      case (.open, _), (.broken, _): try api.endStream(of: invocation, failure: failure)
      }
    }
  }
}

/// Why a piece of an answer could not be sent.
public enum LambdaResponseStreamError: Error, Hashable {
  /// The handler's body returned before: the answer is complete.
  case finished
  /// The connection to Lambda broke, with the reason.
  case disconnected(String)
}
