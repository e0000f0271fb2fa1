import JSON
import NIOCore
import Synchronization

@testable import LocalLambda

/// A function whose every invocation a test writes down and answers.
final class ScriptedFunction: Sendable {
  private struct State {
    var events: [JSONValue] = []
    var requestIDs: [String] = []
    var running = 0
    var mostAtOnce = 0
  }

  private let state = Mutex(State())
  private let answer: @Sendable (_ event: JSONValue, _ number: Int) async -> InvocationResult.Outcome

  /// - Parameter answer: gets the event and the number of the invocation, from 1.
  init(_ answer: @escaping @Sendable (JSONValue, Int) async -> InvocationResult.Outcome) {
    self.answer = answer
  }

  /// A function that always answers the same.
  convenience init(answering text: String) {
    self.init { _, _ in .json(text) }
  }

  func invoke(_ invocation: Invocation) async -> InvocationResult {
    let event = (try? JSONValue(parsing: invocation.payload.readableBytesView)) ?? .null
    let number = state.withLock { state in
      state.events.append(event)
      state.requestIDs.append(invocation.requestID)
      state.running += 1
      state.mostAtOnce = max(state.mostAtOnce, state.running)
      return state.events.count
    }
    let outcome = await answer(event, number)
    state.withLock { $0.running -= 1 }
    return InvocationResult(requestID: invocation.requestID, outcome: outcome)
  }

  var events: [JSONValue] { state.withLock(\.events) }
  /// The ids of the invocations.
  var requestIDs: [String] { state.withLock(\.requestIDs) }
  var mostAtOnce: Int { state.withLock(\.mostAtOnce) }
  /// The bodies of each invocation's records.
  var bodies: [[String]] { events.map(\.bodies) }
}

extension InvocationResult.Outcome {
  static func json(_ text: String) -> Self { .success(ByteBuffer(string: text), contentType: "application/json") }
  static let error = Self.functionError(ByteBuffer(string: #"{"errorType":"Broken","errorMessage":"no"}"#))
}

extension JSONValue {
  var records: [JSONValue] { self["Records"]?.arrayValue ?? [] }
  var bodies: [String] { records.compactMap { $0["body"]?.stringValue } }
}

extension QueueService {
  /// Ends the visibility timeout of records that a function got.
  func show(_ records: some Sequence<JSONValue>, of queue: String) {
    for record in records { try? show(record["receiptHandle"]?.stringValue ?? "", of: queue) }
  }
}

/// Something that others wait for until it is opened.
final class Gate: Sendable {
  private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      defer { state = (true, []) }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
