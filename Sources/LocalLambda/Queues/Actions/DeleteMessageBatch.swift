struct DeleteMessageBatch: QueueAction {
  let queue: QueueLocator
  let batch: BatchEntries

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    batch = try BatchEntries(input, kind: "DeleteMessageBatchRequestEntry")
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> BatchOutput<EmptyOutput> {
    let live = try service.queue(at: queue)
    var output = BatchOutput<EmptyOutput>(xml: "DeleteMessageBatchResultEntry")
    for entry in batch.entries {
      do throws(SQSError) {
        try service.delete(entry.value.required("ReceiptHandle"), from: live)
        output.successful.append(BatchEntry(entry.id, EmptyOutput()))
      } catch {
        output.failed.append(BatchEntry(entry.id, error))
      }
    }
    return output
  }
}
