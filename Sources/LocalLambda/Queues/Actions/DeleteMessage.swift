struct DeleteMessage: QueueAction {
  let queue: QueueLocator
  let handle: String

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    handle = try input.required("ReceiptHandle")
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    try service.delete(handle, from: service.queue(at: queue))
    return EmptyOutput()
  }
}
