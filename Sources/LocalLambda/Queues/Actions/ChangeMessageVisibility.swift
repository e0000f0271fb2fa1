struct ChangeMessageVisibility: QueueAction {
  let queue: QueueLocator
  let change: VisibilityChange

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    change = try VisibilityChange(input)
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    try service.changeVisibility(change.handle, seconds: change.seconds, in: service.queue(at: queue))
    return EmptyOutput()
  }
}

/// For how long from now the message of a handle is to stay hidden.
struct VisibilityChange: Sendable {
  let handle: String
  let seconds: Int

  init(_ input: ActionInput) throws(SQSError) {
    handle = try input.required("ReceiptHandle")
    guard
      let seconds = try input.integer(
        "VisibilityTimeout", in: SQSLimits.visibilitySeconds, reason: "Must be between 0 and 43200, if provided.")
    else { throw .missing("VisibilityTimeout") }
    self.seconds = seconds
  }
}
