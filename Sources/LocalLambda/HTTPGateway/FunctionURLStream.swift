import NIOCore
import NIOHTTP1

/// A function URL's response, sent while the function still writes it.
///
/// An answer with a prelude says status and header fields itself; any other one is a body, even an object with a
/// `statusCode`. What goes wrong before the head has left is a bad gateway; later the connection is broken, for there
/// is no other way to tell.
struct FunctionURLStream: Sendable {
  private enum State {
    case waiting
    case prelude(StreamPrelude)
    case body
    /// The caller knows that there will be no more.
    case failed
  }

  private let caller: FunctionURLResponder.Caller
  private let state: NIOLoopBoundBox<State>

  /// To be made on the event loop, where everything happens.
  init(_ caller: FunctionURLResponder.Caller) {
    self.caller = caller
    state = NIOLoopBoundBox(.waiting, eventLoop: caller.exchange.eventLoop)
  }

  /// What takes the function's answer.
  var stream: AnswerStream {
    AnswerStream(
      begin: { contentType, body in
        caller.exchange.pace(body)
        if contentType == StreamPrelude.contentType {
          state.value = .prelude(StreamPrelude())
        } else {
          state.value = .body
          caller.begin(.ok, ["content-type": contentType])
        }
      },
      write: write)
  }

  /// Ends the response; where the function began no answer, the result says why.
  func complete(_ result: InvocationResult) {
    guard result.isStreamed else { return caller.respond(FunctionURLResponder.rules.response(to: result)) }
    switch (state.value, result.outcome) {
    case (.body, .success): caller.exchange.end()
    case (.body, _): caller.exchange.abort()
    case (.waiting, _), (.prelude, _): fail()
    case (.failed, _): break
    }
  }

  @Sendable private func write(_ part: ByteBuffer) {
    switch state.value {
    case .waiting, .failed: break
    case .body: caller.exchange.write(part)
    case .prelude(var prelude):
      // The parser is taken out of the box, so that its buffer is not copied.
      state.value = .waiting
      switch prelude.take(part) {
      case .incomplete: state.value = .prelude(prelude)
      case .malformed: fail()
      case .complete(let metadata, let rest):
        do throws(MalformedAnswer) {
          let (status, headers) = try FunctionURLResponder.rules.head(metadata)
          state.value = .body
          caller.begin(status, headers)
          caller.exchange.write(rest)
        } catch {
          fail()
        }
      }
    }
  }

  private func fail() {
    state.value = .failed
    caller.respond(FunctionURLResponder.rules.failure)
  }
}
