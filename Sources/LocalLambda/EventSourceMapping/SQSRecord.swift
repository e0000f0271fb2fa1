import JSON

/// A message as a record of the event that a function gets; field for field as Lambda writes it.
struct SQSRecord: Sendable {
  let messageID: String
  let receiptHandle: String
  /// The record's JSON.
  let json: [UInt8]

  /// - Parameter isWindowed: the mapping has a batching window. Lambda then says null where a message has no attributes
  ///   to take a digest of, and says nothing where it has no window (both recorded).
  init(_ message: ReceivedMessage, queueARN: String, region: String, isWindowed: Bool) {
    messageID = message.messageID
    receiptHandle = message.receiptHandle
    var writer = JSONWriter(capacity: message.body.utf8.count + 640)
    writer.raw(#"{"messageId":"#)
    writer.string(messageID)
    writer.raw(#","receiptHandle":"#)
    writer.string(receiptHandle)
    writer.raw(#","body":"#)
    writer.string(message.body)
    writer.raw(#","attributes":"#)
    writer.object(Self.sorted(message.systemAttributes)) { $0.string($1) }
    writer.raw(#","messageAttributes":"#)
    writer.object(message.attributes.sorted { $0.key < $1.key }) { $0.attribute($1) }
    if let digest = message.attributesDigest {
      writer.raw(#","md5OfMessageAttributes":"#)
      writer.string(digest)
    } else if isWindowed {
      writer.raw(#","md5OfMessageAttributes":null"#)
    }
    writer.raw(#","md5OfBody":"#)
    writer.string(message.bodyDigest)
    writer.raw(#","eventSource":"aws:sqs","eventSourceARN":"#)
    writer.string(queueARN)
    writer.raw(#","awsRegion":"#)
    writer.string(region)
    writer.raw("}")
    json = writer.bytes
  }

  /// Lambda's own order.
  private static let order = [
    "ApproximateReceiveCount", "AWSTraceHeader", "SentTimestamp", "SequenceNumber", "MessageGroupId", "SenderId",
    "MessageDeduplicationId", "ApproximateFirstReceiveTimestamp", "DeadLetterQueueSourceArn",
  ]

  private static func sorted(_ attributes: [String: String]) -> [(key: String, value: String)] {
    let known = order.compactMap { name in attributes[name].map { (key: name, value: $0) } }
    guard known.count < attributes.count else { return known }
    return known + attributes.filter { !order.contains($0.key) }.sorted { $0.key < $1.key }
  }
}

extension JSONWriter {
  fileprivate mutating func object<Value>(
    _ members: [(key: String, value: Value)], _ write: (inout JSONWriter, Value) -> Void
  ) {
    raw("{")
    for (index, member) in members.enumerated() {
      if index > 0 { raw(",") }
      string(member.key)
      raw(":")
      write(&self, member.value)
    }
    raw("}")
  }

  fileprivate mutating func attribute(_ attribute: MessageAttribute) {
    switch attribute.value {
    case .string: raw(#"{"stringValue":"#)
    case .binary: raw(#"{"binaryValue":"#)
    }
    string(attribute.text)
    raw(#","stringListValues":[],"binaryListValues":[],"dataType":"#)
    string(attribute.dataType)
    raw("}")
  }
}
