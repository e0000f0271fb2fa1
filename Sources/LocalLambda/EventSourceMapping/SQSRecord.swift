import JSON

/// A message as a record of the event that a function gets; field for field as Lambda writes it.
struct SQSRecord: Sendable {
  let messageID: String
  let handle: ReceiptHandle
  /// The record's JSON.
  let json: [UInt8]

  init(_ delivery: Queue.Delivery, isFIFO: Bool, senderID: String, queueARN: String, region: String) {
    let message = delivery.message
    messageID = message.id.description
    handle = delivery.handle
    let attributes = message.details?.attributes ?? [:]
    var writer = JSONWriter(capacity: message.body.utf8.count + 640)
    writer.raw(#"{"messageId":"#)
    writer.string(messageID)
    writer.raw(#","receiptHandle":"#)
    writer.string(handle.description)
    writer.raw(#","body":"#)
    writer.string(message.body)
    writer.raw(#","attributes":"#)
    writer.object(message.systemAttributes(isFIFO: isFIFO, senderID: senderID)) { $0.string($1) }
    writer.raw(#","messageAttributes":"#)
    writer.object(attributes) { $0.attribute($1) }
    if let digest = MD5Digest(of: attributes) {
      writer.raw(#","md5OfMessageAttributes":"#)
      writer.string(digest.description)
    }
    writer.raw(#","md5OfBody":"#)
    writer.string(message.bodyDigest.description)
    writer.raw(#","eventSource":"aws:sqs","eventSourceARN":"#)
    writer.string(queueARN)
    writer.raw(#","awsRegion":"#)
    writer.string(region)
    writer.raw("}")
    json = writer.bytes
  }
}

extension JSONWriter {
  /// Writes a map, sorted by its keys.
  fileprivate mutating func object<Value>(_ map: [String: Value], _ write: (inout JSONWriter, Value) -> Void) {
    raw("{")
    for (index, (name, value)) in map.sorted(by: { $0.key < $1.key }).enumerated() {
      if index > 0 { raw(",") }
      string(name)
      raw(":")
      write(&self, value)
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
