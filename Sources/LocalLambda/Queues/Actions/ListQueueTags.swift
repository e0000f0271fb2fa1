struct ListQueueTags: QueueAction {
  let queueURL: String

  init(_ input: ActionInput) throws(SQSError) { queueURL = try input.required("QueueUrl") }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    Output(tags: try service.queue(at: queueURL).queue.tags)
  }

  struct Output: QueueActionOutput {
    let tags: [String: String]

    func write(to output: inout ActionOutput) { output.map("Tags", xml: "Tag", key: "Key", tags) }
  }
}
