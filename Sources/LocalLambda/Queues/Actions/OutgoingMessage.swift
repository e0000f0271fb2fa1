import AWSSignature
import FoundationEssentials

/// A message as a sender describes it; by itself, with no look at its queue, it is valid.
struct OutgoingMessage: Sendable {
  let body: String
  let delaySeconds: Int?
  /// As the sender named them.
  let details: MessageDetails?
  /// Of the system attributes that the sender set.
  let systemAttributesDigest: MD5Digest?
  /// The body's and the attributes' bytes: what counts towards the limits.
  let size: Int

  init(_ input: ActionInput) throws(SQSError) {
    body = try input.required("MessageBody")
    delaySeconds = try input.integer(
      "DelaySeconds", in: SQSLimits.delaySeconds, reason: "DelaySeconds must be >= 0 and <= 900.")
    let attributes = try MessageAttribute.attributes(of: input)
    // The trace of the request goes on with the message, when the sender names no other.
    // <https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html>
    let named = try Self.traceHeader(of: input)
    let traceHeader = named?.text ?? input.traceHeader.flatMap { $0.isEmpty ? nil : $0 }
    systemAttributesDigest = named.flatMap { MD5Digest(of: ["AWSTraceHeader": $0]) }
    let groupID = try Self.token("MessageGroupId", of: input)
    let deduplicationID = try Self.token("MessageDeduplicationId", of: input)
    let isPlain = attributes.isEmpty && traceHeader == nil && groupID == nil && deduplicationID == nil
    details =
      isPlain
      ? nil
      : MessageDetails(
        attributes: attributes, traceHeader: traceHeader, groupID: groupID, deduplicationID: deduplicationID)
    guard Self.isAllowed(body), Self.isAllowed(traceHeader ?? "") else {
      throw SQSError(.invalidMessageContents, Self.invalidCharacters)
    }
    size = attributes.reduce(body.utf8.count) { sum, entry in
      sum + entry.key.utf8.count + entry.value.dataType.utf8.count + entry.value.valueBytes
    }
  }

  static let invalidCharacters =
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD "
    + "| #x10000 to #x10FFFF."

  /// Refuses what does not go with the queue's type.
  func check(against queue: QueueAttributes) throws(SQSError) {
    func invalid(_ value: String, _ name: String) -> SQSError {
      SQSError(
        .invalidParameterValue,
        "Value \(value) for parameter \(name) is invalid. "
          + "Reason: The request include parameter that is not valid for this queue type.")
    }
    guard queue.isFIFO else {
      if let id = details?.deduplicationID { throw invalid(id, "MessageDeduplicationId") }
      return
    }
    if let delaySeconds, delaySeconds > 0 { throw invalid(String(delaySeconds), "DelaySeconds") }
    guard let details, details.groupID != nil else { throw .missing("MessageGroupId") }
    if details.deduplicationID == nil, !queue.contentBasedDeduplication {
      throw SQSError(
        .invalidParameterValue,
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")
    }
  }

  /// A message group, deduplication or attempt id.
  static func token(_ name: String, of input: ActionInput) throws(SQSError) -> String? {
    guard let text = try input.string(name) else { return nil }
    guard SQSLimits.isToken(text) else {
      throw SQSError(
        .invalidParameterValue,
        "Value \(text) for parameter \(name) is invalid. "
          + "Reason: \(name) can only include alphanumeric and punctuation characters. 1 to 128 in length.")
    }
    return text
  }

  /// `AWSTraceHeader` is the one system attribute that a sender may set.
  private static func traceHeader(of input: ActionInput) throws(SQSError) -> MessageAttribute? {
    var header: MessageAttribute?
    for (name, value) in try input.namedStructures("MessageSystemAttributes", query: "MessageSystemAttribute") {
      guard name == "AWSTraceHeader" else {
        throw SQSError(.invalidParameterValue, "Message system attribute name '\(name)' is invalid.")
      }
      let attribute = try MessageAttribute(value, named: name)
      guard attribute.dataType == "String" else {
        throw SQSError(.invalidParameterValue, "The message system attribute '\(name)' has to be of the type String.")
      }
      header = attribute
    }
    return header
  }

  /// Whether a text has no control characters but tab, line feed and carriage return, and no U+FFFE or U+FFFF: what
  /// XML 1.0 can hold.
  static func isAllowed(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      // Without a branch, which a processor does for many bytes at once: most bodies need no closer look.
      let isSuspicious = bytes.reduce(into: UInt8(0)) { $0 |= ($1 < 0x20 ? 1 : 0) | ($1 == 0xEF ? 1 : 0) } != 0
      return !isSuspicious
        || bytes.indices.allSatisfy { index in
          switch bytes[index] {
          case 0x9, 0xA, 0xD: true
          case ..<0x20: false
          // Two bytes follow it.
          case 0xEF: bytes[index + 1] != 0xBF || bytes[index + 2] < 0xBE
          default: true
          }
        }
    }
  }
}

extension QueueService {
  /// Stores a message that was checked.
  func send(_ outgoing: OutgoingMessage, to live: LiveQueue) -> SentMessage {
    let now = now
    let isFIFO = live.queue.attributes.isFIFO
    let delay = outgoing.delaySeconds.flatMap { isFIFO ? nil : $0 } ?? live.queue.attributes.delaySeconds
    let message = Message(
      id: MessageID.random(using: &random), body: outgoing.body, bodyDigest: MD5Digest(of: outgoing.body), sentAt: now,
      availableAt: now + Int64(delay) * 1_000, details: isFIFO ? outgoing.deduplicatedDetails : outgoing.details)
    var original = Deduplication.Original(id: message.id, sequence: 0)
    if isFIFO {
      original = addOnce(message, to: live)
    } else {
      add(message, to: live)
    }
    return SentMessage(
      id: original.id, bodyDigest: message.bodyDigest,
      attributesDigest: outgoing.details.flatMap { MD5Digest(of: $0.attributes) },
      systemAttributesDigest: outgoing.systemAttributesDigest, sequence: isFIFO ? original.sequence : nil)
  }
}

extension OutgoingMessage {
  /// What the message has beside its body in a FIFO queue, where it is known by its content if by no id.
  fileprivate var deduplicatedDetails: MessageDetails? {
    guard let details, details.deduplicationID == nil else { return details }
    return details.with(deduplicationID: Digest.sha256(body.utf8).hexadecimal)
  }
}
