struct ChangeMessageVisibilityBatch: QueueAction {
  let queue: QueueLocator
  let batch: BatchEntries<VisibilityChange>

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    batch = try BatchEntries(input, kind: "ChangeMessageVisibilityBatchRequestEntry") { entry throws(SQSError) in
      try VisibilityChange(entry)
    }
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> BatchOutput<EmptyOutput> {
    let live = try service.queue(at: queue)
    var output = BatchOutput<EmptyOutput>(xml: "ChangeMessageVisibilityBatchResultEntry")
    for entry in batch.entries {
      do throws(SQSError) {
        let change = try entry.value.get()
        try service.changeVisibility(change.handle, seconds: change.seconds, in: live)
        output.successful.append(BatchEntry(entry.id, EmptyOutput()))
      } catch {
        output.failed.append(BatchEntry(entry.id, error))
      }
    }
    return output
  }
}
