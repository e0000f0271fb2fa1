struct GetQueueUrl: QueueAction {
  let address: QueueAddress

  init(_ input: ActionInput) throws(SQSError) {
    let name = try input.required("QueueName")
    let owner = try input.string("QueueOwnerAWSAccountId") ?? input.caller.accountID
    address = QueueAddress(name, in: QueueScope(region: input.caller.region, accountID: owner))
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> QueueURLOutput {
    guard service.queues[address] != nil else { throw .noQueue }
    return QueueURLOutput(queue: address)
  }
}
