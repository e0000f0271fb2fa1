struct SendMessageBatch: QueueAction {
  let queue: QueueLocator
  let batch: BatchEntries<OutgoingMessage>

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    batch = try BatchEntries(input, kind: "SendMessageBatchRequestEntry") { entry throws(SQSError) in
      try OutgoingMessage(entry)
    }
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> BatchOutput<SentMessage> {
    let live = try service.queue(at: queue)
    var output = BatchOutput<SentMessage>(xml: "SendMessageBatchResultEntry")
    var messages: [BatchEntry<OutgoingMessage>] = []
    messages.reserveCapacity(batch.entries.count)
    for entry in batch.entries {
      switch entry.value {
      case .success(let message): messages.append(BatchEntry(entry.id, message))
      case .failure(let error): output.failed.append(BatchEntry(entry.id, error.inBatch))
      }
    }
    let bytes = messages.reduce(0) { $0 + $1.value.size }
    guard bytes <= SQSLimits.batchBytes else {
      throw SQSError(
        .batchRequestTooLong,
        "Batch requests cannot be longer than \(SQSLimits.batchBytes) bytes. You have sent \(bytes) bytes.")
    }
    // What does not go with the queue's type fails the whole batch.
    for entry in messages {
      do throws(SQSError) {
        try entry.value.check(against: live.queue.attributes)
      } catch {
        throw error.inBatch
      }
    }
    for entry in messages {
      do throws(SQSError) {
        guard entry.value.size <= live.queue.attributes.maximumMessageSize else {
          throw SQSError(
            .invalidParameterValue,
            "One or more parameters cannot be validated. "
              + "Reason: Message must be shorter than \(live.queue.attributes.maximumMessageSize) bytes.")
        }
        output.successful.append(BatchEntry(entry.id, service.send(entry.value, to: live)))
      } catch {
        output.failed.append(BatchEntry(entry.id, error.inBatch))
      }
    }
    return output
  }
}

extension SQSError {
  /// The error as a batch entry has it: a missing parameter is an invalid value there.
  fileprivate var inBatch: SQSError { code == .missingParameter ? SQSError(.invalidParameterValue, message) : self }
}
