/// The id that sender and consumers of a message see.
typealias MessageID = RandomUUID

/// A message in a queue.
struct Message: Sendable {
  enum State: UInt8, Sendable {
    /// To be received now (in a FIFO queue: when its group's turn comes).
    case available
    /// Not yet to be received.
    case delayed
    /// Received, and hidden until it is deleted or its visibility times out.
    case inFlight
  }

  let id: MessageID
  let body: String
  let bodyDigest: MD5Digest
  /// Milliseconds since 1970.
  let sentAt: Int64
  /// What most messages do not have.
  let details: MessageDetails?

  var state: State = .available
  /// When a delayed or in-flight message is available; milliseconds since 1970.
  var availableAt: Int64
  /// When it was received last; 0 when that is not known: it is not kept over restarts.
  var receivedAt: Int64 = 0
  var firstReceivedAt: Int64?
  var receiveCount: UInt32 = 0

  /// The message's number in its queue, never used twice: its identity there.
  var sequence: UInt64 = 0
  /// Where the queue keeps the message.
  var slot: UInt32 = 0
  /// Counts the changes of state, so that an index entry made before the last change is known to be stale.
  var turn: UInt32 = 0

  init(
    id: MessageID, body: String, bodyDigest: MD5Digest, sentAt: Int64, availableAt: Int64, details: MessageDetails?
  ) {
    self.id = id
    self.body = body
    self.bodyDigest = bodyDigest
    self.sentAt = sentAt
    self.availableAt = availableAt
    self.details = details
  }
}

/// The parts of a message that are set on few: attributes, and what FIFO and dead-letter queues need.
///
/// A class, so that a plain message pays one pointer for all of it.
final class MessageDetails: Sendable {
  let attributes: [String: MessageAttribute]
  let traceHeader: String?
  let groupID: String?
  let deduplicationID: String?
  /// The ARN of the queue that gave the message up.
  let deadLetterSource: String?
  /// How often it was received there: shown to receivers, as AWS does, but not counted again.
  let receivedBefore: UInt32

  init(
    attributes: [String: MessageAttribute] = [:], traceHeader: String? = nil, groupID: String? = nil,
    deduplicationID: String? = nil, deadLetterSource: String? = nil, receivedBefore: UInt32 = 0
  ) {
    self.attributes = attributes
    self.traceHeader = traceHeader
    self.groupID = groupID
    self.deduplicationID = deduplicationID
    self.deadLetterSource = deadLetterSource
    self.receivedBefore = receivedBefore
  }

  /// The same for a message that was given up by a queue, or, without one, begins anew.
  func with(deadLetterSource: String?, receivedBefore: UInt32 = 0) -> MessageDetails {
    MessageDetails(
      attributes: attributes, traceHeader: traceHeader, groupID: groupID, deduplicationID: deduplicationID,
      deadLetterSource: deadLetterSource, receivedBefore: receivedBefore)
  }

  /// The same for a message that is known by that id.
  func with(deduplicationID: String) -> MessageDetails {
    MessageDetails(
      attributes: attributes, traceHeader: traceHeader, groupID: groupID, deduplicationID: deduplicationID,
      deadLetterSource: deadLetterSource, receivedBefore: receivedBefore)
  }
}
