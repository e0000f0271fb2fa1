struct ChangeMessageVisibilityBatch: QueueAction {
  let queueURL: String
  let batch: BatchEntries

  init(_ input: ActionInput) throws(SQSError) {
    queueURL = try input.required("QueueUrl")
    batch = try BatchEntries(input, kind: "ChangeMessageVisibilityBatchRequestEntry")
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> BatchOutput<EmptyOutput> {
    let live = try service.queue(at: queueURL)
    var output = BatchOutput<EmptyOutput>(xml: "ChangeMessageVisibilityBatchResultEntry")
    for (id, input) in batch.entries {
      do throws(SQSError) {
        let change = try VisibilityChange(input)
        try service.changeVisibility(change.handle, seconds: change.seconds, in: live)
        output.successful.append((id, EmptyOutput()))
      } catch {
        output.failed.append((id, error))
      }
    }
    return output
  }
}
