struct SendMessage: QueueAction {
  let queue: QueueLocator
  let message: OutgoingMessage

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    message = try OutgoingMessage(input)
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> SentMessage {
    let live = try service.queue(at: queue)
    try message.check(against: live.queue.attributes)
    guard message.size <= live.queue.attributes.maximumMessageSize else {
      throw SQSError(
        .invalidParameterValue,
        "One or more parameters are invalid. "
          + "Reason: Message must be shorter than \(live.queue.attributes.maximumMessageSize) bytes.")
    }
    return service.send(message, to: live)
  }
}

/// What a sender learns of a message.
struct SentMessage: QueueActionOutput {
  let id: MessageID
  let bodyDigest: MD5Digest
  let attributesDigest: MD5Digest?
  let systemAttributesDigest: MD5Digest?
  /// Only of a FIFO queue.
  let sequence: UInt64?

  func write(to output: inout ActionOutput) {
    output.string("MD5OfMessageBody", bodyDigest)
    output.string("MD5OfMessageAttributes", attributesDigest)
    output.string("MD5OfMessageSystemAttributes", systemAttributesDigest)
    output.string("MessageId", id)
    output.string("SequenceNumber", sequence.map(Message.sequenceNumber))
  }
}
