struct CreateQueue: QueueAction {
  let address: QueueAddress
  let attributes: [String: String]
  let tags: [String: String]

  init(_ input: ActionInput) throws(SQSError) {
    address = QueueAddress(try input.required("QueueName"), in: input.caller)
    attributes = try input.map("Attributes", query: "Attribute") ?? [:]
    try QueueAttributes.refuseTwoEncryptions(attributes)
    tags = try input.tags("tags") ?? [:]
  }

  /// A queue that is there already, and that each attribute given would leave as it is, is no error.
  func perform(in service: isolated QueueService) throws(SQSError) -> QueueURLOutput {
    if let existing = service.queues[address]?.queue {
      try QueueName.validate(address.name, isFIFO: attributes["FifoQueue"]?.lowercased() == "true")
      if let attribute = try existing.attributes.firstDifference(from: attributes) {
        throw SQSError(
          .queueNameExists,
          "A queue already exists with the same name and a different value for attribute \(attribute)")
      }
      return QueueURLOutput(queue: address)
    }
    let settings = try QueueAttributes(attributes)
    try QueueName.validate(address.name, isFIFO: settings.isFIFO)
    try service.checkDeadLetterQueue(of: settings, source: address)
    try QueueTag.checkCount(tags, of: address.name)
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
