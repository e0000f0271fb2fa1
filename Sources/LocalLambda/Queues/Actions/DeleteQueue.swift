struct DeleteQueue: QueueAction {
  let queue: QueueLocator

  init(_ input: ActionInput) throws(SQSError) { queue = try input.queue() }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    service.remove(try service.queue(at: queue))
    return EmptyOutput()
  }
}
