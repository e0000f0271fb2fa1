struct PurgeQueue: QueueAction {
  let queue: QueueLocator

  init(_ input: ActionInput) throws(SQSError) { queue = try input.queue() }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    try service.purge(service.queue(at: queue))
    return EmptyOutput()
  }
}
