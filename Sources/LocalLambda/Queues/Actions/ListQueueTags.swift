struct ListQueueTags: QueueAction {
  let queue: QueueLocator

  init(_ input: ActionInput) throws(SQSError) { queue = try input.queue() }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    Output(tags: try service.queue(at: queue).queue.tags)
  }

  struct Output: QueueActionOutput {
    let tags: [String: String]

    func write(to output: inout ActionOutput) { output.map("Tags", xml: "Tag", key: "Key", tags) }
  }
}
