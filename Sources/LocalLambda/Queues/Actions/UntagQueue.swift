struct UntagQueue: QueueAction {
  let queue: QueueLocator
  let keys: [String]

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    keys = try input.strings("TagKeys", query: "TagKey")
    guard !keys.isEmpty else { throw QueueTag.invalidKeyLength }
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    let live = try service.queue(at: queue)
    service.setTags(live.queue.tags.filter { !keys.contains($0.key) }, of: live)
    return EmptyOutput()
  }
}
