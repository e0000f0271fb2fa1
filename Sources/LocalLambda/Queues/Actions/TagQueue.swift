struct TagQueue: QueueAction {
  let queue: QueueLocator
  let tags: [String: String]

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    guard let tags = try input.map("Tags", query: "Tag", key: "Key"), !tags.isEmpty else { throw .missing("Tags") }
    self.tags = tags
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    let live = try service.queue(at: queue)
    let merged = live.queue.tags.merging(tags) { $1 }
    try Self.check(merged, of: live.queue.name)
    service.setTags(merged, of: live)
    return EmptyOutput()
  }

  static func check(_ tags: [String: String], of queue: String) throws(SQSError) {
    guard tags.count <= SQSLimits.tags else {
      throw SQSError(.invalidParameterValue, "Too many tags added for queue \(queue).")
    }
  }
}
