struct ListDeadLetterSourceQueues: QueueAction {
  let queue: QueueLocator
  let page: ListPage

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    page = try ListPage(input)
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    let address = try service.queue(at: queue).queue.address
    let sources = service.queues.values.filter { $0.queue.attributes.redrive?.deadLetterQueue == address }
    return Output(page: page.cut(sources.map(\.queue.address)))
  }

  struct Output: QueueActionOutput {
    let page: ListPage.Content

    func write(to output: inout ActionOutput) {
      output.strings("queueUrls", xml: "QueueUrl", page.queues.map(output.urls.url(of:)))
      output.string("NextToken", page.nextToken)
    }
  }
}
