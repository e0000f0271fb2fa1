struct SetQueueAttributes: QueueAction {
  let queue: QueueLocator
  let attributes: [String: String]

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    guard let attributes = try input.map("Attributes", query: "Attribute"), !attributes.isEmpty else {
      throw .missing("Attribute.Name")
    }
    try QueueAttributes.refuseTwoEncryptions(attributes)
    self.attributes = attributes
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    let live = try service.queue(at: queue)
    var changed = live.queue.attributes
    try changed.set(attributes)
    if attributes["RedrivePolicy"] != nil { try service.checkDeadLetterQueue(of: changed, source: live.queue.address) }
    try service.change(live, attributes: attributes)
    return EmptyOutput()
  }
}
