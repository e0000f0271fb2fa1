struct CreateQueue: QueueAction {
  let address: QueueAddress
  let attributes: [String: String]
  let tags: [String: String]

  init(_ input: ActionInput) throws(SQSError) {
    address = QueueAddress(try input.required("QueueName"), in: input.caller)
    attributes = try input.map("Attributes", query: "Attribute") ?? [:]
    tags = try input.map("tags", query: "Tag", key: "Key") ?? [:]
  }

  /// A queue that is there already, with the same value of each attribute given, is no error.
  func perform(in service: isolated QueueService) throws(SQSError) -> QueueURLOutput {
    let settings = try QueueAttributes(attributes)
    try QueueName.validate(address.name, isFIFO: settings.isFIFO)
    if let existing = service.queues[address]?.queue {
      let values = existing.attributes.all
      for (attribute, value) in attributes.sorted(by: { $0.key < $1.key })
      where values[attribute] != value && values[attribute] != value.lowercased() {
        throw SQSError(
          .queueNameExists,
          "A queue already exists with the same name and a different value for attribute \(attribute)")
      }
      return QueueURLOutput(queue: address)
    }
    guard !address.name.hasSuffix(".fifo") || settings.isFIFO else { throw QueueName.invalid }
    try service.checkDeadLetterQueue(of: settings, source: address)
    try TagQueue.check(tags, of: address.name)
    try service.checkCoolDown(of: address)
    service.add(address, attributes: settings, tags: tags)
    return QueueURLOutput(queue: address)
  }
}

/// The answer that is a queue's URL.
struct QueueURLOutput: QueueActionOutput {
  let queue: QueueAddress

  func write(to output: inout ActionOutput) { output.string("QueueUrl", output.urls.url(of: queue)) }
}
