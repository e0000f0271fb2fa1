import NIOCore

/// Which invocation has, or had last, messages that are not done: for people to see.
///
/// So many messages are remembered at most, those of the last invocations.
struct InvocationNotes: Sendable {
  private static let capacity = 10_000

  private var invocations: [String: String] = [:]
  private var order: CircularBuffer<String> = []

  /// The request id of the message's last invocation.
  subscript(messageID: String) -> String? { invocations[messageID] }

  /// Remembers who has a message, or with nil forgets it.
  mutating func set(_ invocation: String?, of messageID: String) {
    guard let invocation else {
      invocations[messageID] = nil
      return
    }
    if invocations.updateValue(invocation, forKey: messageID) == nil { order.append(messageID) }
    while order.count > Self.capacity, let oldest = order.popFirst() { invocations[oldest] = nil }
  }
}
