struct GetQueueUrl: QueueAction {
  let name: String

  init(_ input: ActionInput) throws(SQSError) { name = try input.required("QueueName") }

  func perform(in service: isolated QueueService) throws(SQSError) -> QueueURLOutput {
    QueueURLOutput(name: try service.queue(at: name).queue.name)
  }
}
