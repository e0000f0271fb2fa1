/// The one action that may wait: see ``perform(as:in:completion:)``.
struct ReceiveMessage: Sendable {
  let queue: QueueLocator
  let limit: Int
  let visibilitySeconds: Int?
  let waitSeconds: Int?
  let attemptID: String?
  let systemAttributes: SystemAttributeFilter
  let attributes: AttributeFilter

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    limit =
      try input.integer(
        "MaxNumberOfMessages", in: SQSLimits.receivedMessages, reason: "Must be between 1 and 10, if provided.") ?? 1
    visibilitySeconds = try input.integer(
      "VisibilityTimeout", in: SQSLimits.visibilitySeconds, reason: "Must be >= 0 and <= 43200, if provided.")
    waitSeconds = try input.integer(
      "WaitTimeSeconds", in: SQSLimits.waitSeconds, reason: "Must be >= 0 and <= 20, if provided.")
    attemptID = try OutgoingMessage.token("ReceiveRequestAttemptId", of: input)
    systemAttributes = try SystemAttributeFilter(
      input.strings("AttributeNames", query: "AttributeName")
        + input.strings("MessageSystemAttributeNames", query: "MessageSystemAttributeName"))
    attributes = AttributeFilter(
      names: try input.strings("MessageAttributeNames", query: "MessageAttributeName"))
  }

  /// Receives, perhaps later.
  func perform(
    as poll: LongPoll.ID, in service: isolated QueueService, completion: @escaping (Result<Output, SQSError>) -> Void
  ) throws(SQSError) {
    let live = try service.queue(at: queue)
    let settings = live.queue.attributes
    let senderID = service.accountID
    let request = ReceiveRequest(
      limit: limit, visibilitySeconds: visibilitySeconds ?? settings.visibilitySeconds,
      waitMilliseconds: Int64(waitSeconds ?? settings.receiveWaitSeconds) * 1_000,
      attemptID: settings.isFIFO ? attemptID : nil)
    service.receive(request, as: poll, from: live) { result in
      completion(
        result.map { deliveries in
          Output(
            queue: live.queue.address, deliveries: deliveries, isFIFO: settings.isFIFO, senderID: senderID,
            systemAttributes: systemAttributes, attributes: attributes)
        })
    }
  }

  struct Output: QueueActionOutput {
    let queue: QueueAddress
    let deliveries: [Queue.Delivery]
    let isFIFO: Bool
    let senderID: String
    let systemAttributes: SystemAttributeFilter
    let attributes: AttributeFilter

    func write(to output: inout ActionOutput) {
      output.structures("Messages", xml: "Message", count: deliveries.count) { index, output in
        let delivery = deliveries[index]
        let message = delivery.message
        output.string("MessageId", message.id)
        output.string("ReceiptHandle", delivery.handle)
        output.string("MD5OfBody", message.bodyDigest)
        output.string("Body", message.body)
        if !systemAttributes.isEmpty {
          output.map(
            "Attributes", xml: "Attribute",
            systemAttributes.select(message.systemAttributes(isFIFO: isFIFO, senderID: senderID)))
        }
        guard let all = message.details?.attributes, !all.isEmpty else { return }
        let selected = attributes.select(all)
        output.string("MD5OfMessageAttributes", MD5Digest(of: selected))
        output.attributes("MessageAttributes", xml: "MessageAttribute", selected)
      }
    }
  }
}

/// Which system attributes a receive asks for.
struct SystemAttributeFilter: Sendable {
  private let names: Set<String>

  private static let known: Set<String> = [
    "All", "SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp",
    "MessageGroupId", "MessageDeduplicationId", "SequenceNumber", "AWSTraceHeader", "DeadLetterQueueSourceArn",
  ]

  init(_ names: [String]) throws(SQSError) {
    for name in names where !Self.known.contains(name) {
      throw SQSError(.invalidAttributeName, "Unknown Attribute \(name).")
    }
    self.names = Set(names)
  }

  var isEmpty: Bool { names.isEmpty }

  func select(_ attributes: [String: String]) -> [String: String] {
    names.contains("All") ? attributes : attributes.filter { names.contains($0.key) }
  }
}

/// Which message attributes a receive asks for: by name, by prefix (`foo.*`) or all.
struct AttributeFilter: Sendable {
  let names: [String]

  func select(_ attributes: [String: MessageAttribute]) -> [String: MessageAttribute] {
    guard !names.isEmpty else { return [:] }
    if names.contains("All") || names.contains(".*") || names.contains("*") { return attributes }
    return attributes.filter { attribute in
      names.contains { name in
        name.hasSuffix(".*") ? attribute.key.hasPrefix(name.dropLast(2)) : attribute.key == name
      }
    }
  }
}

extension Message {
  /// A sequence number as SQS writes it: 20 digits that grow.
  static func sequenceNumber(_ sequence: UInt64) -> String { String(10_000_000_000_000_000_000 + sequence) }

  /// What SQS tells of a received message beside its body.
  func systemAttributes(isFIFO: Bool, senderID: String) -> [String: String] {
    var attributes = [
      "SenderId": senderID,
      "SentTimestamp": String(sentAt),
      "ApproximateReceiveCount": String(receiveCount + (details?.receivedBefore ?? 0)),
      "ApproximateFirstReceiveTimestamp": String(firstReceivedAt ?? sentAt),
    ]
    guard let details else { return attributes }
    attributes["MessageGroupId"] = details.groupID
    attributes["AWSTraceHeader"] = details.traceHeader
    attributes["DeadLetterQueueSourceArn"] = details.deadLetterSource
    if isFIFO {
      attributes["MessageDeduplicationId"] = details.deduplicationID
      attributes["SequenceNumber"] = Self.sequenceNumber(sequence)
    }
    return attributes
  }
}
