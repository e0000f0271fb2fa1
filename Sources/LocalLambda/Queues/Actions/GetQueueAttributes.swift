struct GetQueueAttributes: QueueAction {
  let queue: QueueLocator
  let names: [String]

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    names = try input.strings("AttributeNames", query: "AttributeName")
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    let queue = try service.queue(at: queue).queue
    var values = queue.attributes.all
    values["QueueArn"] = queue.address.arn
    values["CreatedTimestamp"] = String(queue.createdAt / 1_000)
    values["LastModifiedTimestamp"] = String(queue.modifiedAt / 1_000)
    values["ApproximateNumberOfMessages"] = String(queue.counts.available)
    values["ApproximateNumberOfMessagesDelayed"] = String(queue.counts.delayed)
    values["ApproximateNumberOfMessagesNotVisible"] = String(queue.counts.inFlight)
    if names.contains("All") { return Output(attributes: values) }
    for name in names where values[name] == nil && !QueueAttributes.names.contains(name) {
      throw SQSError(.invalidAttributeName, "Unknown Attribute \(name).")
    }
    return Output(attributes: values.filter { names.contains($0.key) })
  }

  struct Output: QueueActionOutput {
    let attributes: [String: String]

    func write(to output: inout ActionOutput) { output.map("Attributes", xml: "Attribute", attributes) }
  }
}
