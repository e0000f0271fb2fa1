struct DeleteQueue: QueueAction {
  let queueURL: String

  init(_ input: ActionInput) throws(SQSError) { queueURL = try input.required("QueueUrl") }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    service.remove(try service.queue(at: queueURL))
    return EmptyOutput()
  }
}
