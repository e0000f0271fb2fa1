struct DeleteMessageBatch: QueueAction {
  let queue: QueueLocator
  /// The receipt handles.
  let batch: BatchEntries<String>

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    batch = try BatchEntries(input, kind: "DeleteMessageBatchRequestEntry") { entry throws(SQSError) in
      try entry.required("ReceiptHandle")
    }
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> BatchOutput<EmptyOutput> {
    let live = try service.queue(at: queue)
    var output = BatchOutput<EmptyOutput>(xml: "DeleteMessageBatchResultEntry")
    for entry in batch.entries {
      do throws(SQSError) {
        try service.delete(entry.value.get(), from: live)
        output.successful.append(BatchEntry(entry.id, EmptyOutput()))
      } catch {
        output.failed.append(BatchEntry(entry.id, error))
      }
    }
    return output
  }
}
