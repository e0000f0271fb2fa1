struct DeleteMessage: QueueAction {
  let queueURL: String
  let handle: String

  init(_ input: ActionInput) throws(SQSError) {
    queueURL = try input.required("QueueUrl")
    handle = try input.required("ReceiptHandle")
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    try service.delete(handle, from: service.queue(at: queueURL))
    return EmptyOutput()
  }
}
