struct CreateQueue: QueueAction {
  let name: String
  let attributes: [String: String]
  let tags: [String: String]

  init(_ input: ActionInput) throws(SQSError) {
    name = try input.required("QueueName")
    attributes = try input.map("Attributes", query: "Attribute") ?? [:]
    tags = try input.map("tags", query: "Tag", key: "Key") ?? [:]
  }

  /// A queue that is there already, with the same value of each attribute given, is no error.
  func perform(in service: isolated QueueService) throws(SQSError) -> QueueURLOutput {
    let settings = try QueueAttributes(attributes)
    try QueueName.validate(name, isFIFO: settings.isFIFO)
    if let existing = service.queues[name]?.queue {
      let values = existing.attributes.all
      for (attribute, value) in attributes.sorted(by: { $0.key < $1.key }) where values[attribute] != value {
        throw SQSError(
          .queueNameExists,
          "A queue already exists with the same name and a different value for attribute \(attribute)")
      }
      return QueueURLOutput(name: name)
    }
    guard !name.hasSuffix(".fifo") || settings.isFIFO else { throw QueueName.invalid }
    try service.checkDeadLetterQueue(of: settings)
    try TagQueue.check(tags)
    service.add(name, attributes: settings, tags: tags)
    return QueueURLOutput(name: name)
  }
}

/// The answer that is a queue's URL.
struct QueueURLOutput: QueueActionOutput {
  let name: String

  func write(to output: inout ActionOutput) { output.string("QueueUrl", output.url(ofQueue: name)) }
}
