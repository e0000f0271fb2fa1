extension QueueService {
  /// Puts a message into a standard queue by its name: what a part of the emulator has to say.
  func deliver(
    _ body: String, attributes: [String: MessageAttribute] = [:], to name: String
  ) throws(SQSError) {
    let live = try queue(named: name)
    let settings = live.queue.attributes
    guard !settings.isFIFO, body.utf8.count <= settings.maximumMessageSize else {
      throw SQSError(
        .invalidParameterValue,
        settings.isFIFO ? "The queue is FIFO." : "The message is longer than \(settings.maximumMessageSize) bytes.")
    }
    let now = now
    add(
      Message(
        id: .random(), body: body, bodyDigest: MD5Digest(of: body), sentAt: now,
        availableAt: now + Int64(settings.delaySeconds) * 1_000,
        details: attributes.isEmpty ? nil : MessageDetails(attributes: attributes)),
      to: live)
  }
}
