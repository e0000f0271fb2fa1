struct TagQueue: QueueAction {
  let queue: QueueLocator
  let tags: [String: String]

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    guard let tags = try input.tags("Tags"), !tags.isEmpty else { throw .missing("Tags") }
    self.tags = tags
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    let live = try service.queue(at: queue)
    let merged = live.queue.tags.merging(tags) { $1 }
    try QueueTag.checkCount(merged, of: live.queue.name)
    service.setTags(merged, of: live)
    return EmptyOutput()
  }
}
