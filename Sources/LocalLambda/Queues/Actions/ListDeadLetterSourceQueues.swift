struct ListDeadLetterSourceQueues: QueueAction {
  let queueURL: String
  let page: ListPage

  init(_ input: ActionInput) throws(SQSError) {
    queueURL = try input.required("QueueUrl")
    page = try ListPage(input)
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    let name = try service.queue(at: queueURL).queue.name
    let sources = service.queues.values.filter { $0.queue.attributes.redrive?.deadLetterQueueName == name }
    return Output(page: page.cut(sources.map(\.queue.name)))
  }

  struct Output: QueueActionOutput {
    let page: ListPage.Content

    func write(to output: inout ActionOutput) {
      output.strings("queueUrls", xml: "QueueUrl", page.names.map(output.url(ofQueue:)))
      output.string("NextToken", page.nextToken)
    }
  }
}
