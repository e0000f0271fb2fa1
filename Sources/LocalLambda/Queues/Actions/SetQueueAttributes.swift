struct SetQueueAttributes: QueueAction {
  let queueURL: String
  let attributes: [String: String]

  init(_ input: ActionInput) throws(SQSError) {
    queueURL = try input.required("QueueUrl")
    guard let attributes = try input.map("Attributes", query: "Attribute"), !attributes.isEmpty else {
      throw .missing("Attribute.Name")
    }
    self.attributes = attributes
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    let live = try service.queue(at: queueURL)
    var changed = live.queue.attributes
    try changed.set(attributes)
    if attributes["RedrivePolicy"] != nil { try service.checkDeadLetterQueue(of: changed) }
    try service.change(live, attributes: attributes)
    return EmptyOutput()
  }
}
