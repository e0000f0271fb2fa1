import JSON

/// A queue of another SQS.
struct RemoteQueue: EventSourceQueue {
  let url: String
  let arn: String
  let sqs: RemoteSQS
  /// How long to hide what is received, where the queue's own time is not long enough.
  var hiding: Duration?

  /// The most entries of one batch call.
  private static let batchLimit = 10

  init(url: String, arn: String, sqs: RemoteSQS) {
    self.url = url
    self.arn = arn
    self.sqs = sqs
  }

  func visibilityTimeout() async throws(EventSourceQueueError) -> Duration {
    let answer = try await sqs.call(
      "GetQueueAttributes", ["QueueUrl": .string(url), "AttributeNames": ["VisibilityTimeout"]])
    guard let seconds = answer["Attributes"]?["VisibilityTimeout"]?.stringValue.flatMap({ Int($0) }) else {
      throw EventSourceQueueError(code: nil, message: "\(url) has no visibility timeout.")
    }
    return .seconds(seconds)
  }

  func receive(limit: Int, wait: Duration) async throws(EventSourceQueueError) -> [ReceivedMessage] {
    // Whole seconds, and not less than asked for: a poll that is too short is repeated again and again.
    let seconds = min(20, Int((wait / .seconds(1)).rounded(.up)))
    var input: JSONObject = [
      "QueueUrl": .string(url), "MaxNumberOfMessages": .integer(limit), "WaitTimeSeconds": .integer(seconds),
      // By its old name, too, for servers that do not know the new one.
      "MessageSystemAttributeNames": ["All"], "AttributeNames": ["All"], "MessageAttributeNames": ["All"],
    ]
    if let hiding { input["VisibilityTimeout"] = .integer(hiding.components.seconds) }
    let answer = try await sqs.call("ReceiveMessage", .object(input), timeout: .seconds(seconds + 10))
    return (answer["Messages"]?.arrayValue ?? []).compactMap(ReceivedMessage.init)
  }

  func delete(_ handles: [String]) async throws(EventSourceQueueError) -> Int {
    var failed = 0
    for entries in Self.batches(of: handles) {
      let answer = try await sqs.call("DeleteMessageBatch", ["QueueUrl": .string(url), "Entries": .array(entries)])
      failed += answer["Failed"]?.arrayValue?.count ?? 0
    }
    return failed
  }

  func giveBack(_ handles: [String]) async {
    for entries in Self.batches(of: handles, ["VisibilityTimeout": 0]) {
      // What cannot be given back comes back by itself, later.
      _ = try? await sqs.call(
        "ChangeMessageVisibilityBatch", ["QueueUrl": .string(url), "Entries": .array(entries)])
    }
  }

  func note(invocation: String?, of messageIDs: [String]) async {}

  private static func batches(of handles: [String], _ more: JSONObject = [:]) -> [[JSONValue]] {
    stride(from: 0, to: handles.count, by: batchLimit).map { start in
      handles[start..<min(start + batchLimit, handles.count)].enumerated().map { index, handle in
        var entry: JSONObject = ["Id": .string(String(index)), "ReceiptHandle": .string(handle)]
        for member in more { entry[member.name] = member.value }
        return .object(entry)
      }
    }
  }
}

extension ReceivedMessage {
  /// Nil for what is no message.
  fileprivate init?(_ message: JSONValue) {
    guard let id = message["MessageId"]?.stringValue, let handle = message["ReceiptHandle"]?.stringValue,
      let body = message["Body"]?.stringValue
    else { return nil }
    var systemAttributes: [String: String] = [:]
    for member in message["Attributes"]?.objectValue ?? [:] { systemAttributes[member.name] = member.value.stringValue }
    var attributes: [String: MessageAttribute] = [:]
    for member in message["MessageAttributes"]?.objectValue ?? [:] {
      attributes[member.name] = MessageAttribute(member.value)
    }
    let digest = message["MD5OfMessageAttributes"]?.stringValue ?? MD5Digest(of: attributes)?.description
    self.init(
      messageID: id, receiptHandle: handle, body: body,
      bodyDigest: message["MD5OfBody"]?.stringValue ?? MD5Digest(of: body).description,
      systemAttributes: systemAttributes, attributes: attributes, attributesDigest: attributes.isEmpty ? nil : digest)
  }
}

extension MessageAttribute {
  fileprivate init?(_ value: JSONValue) {
    guard let type = value["DataType"]?.stringValue else { return nil }
    if let text = value["StringValue"]?.stringValue {
      self.init(dataType: type, value: .string(text))
    } else if let bytes = value["BinaryValue"]?.stringValue.flatMap(Base64.decode) {
      self.init(dataType: type, value: .binary(bytes))
    } else {
      return nil
    }
  }
}
