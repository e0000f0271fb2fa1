import NIOCore

/// What a consumer in this process does, by a queue's name.
extension QueueService {
  /// Receives messages, waiting for the first one; none when time is up or the task is cancelled.
  func receive(from name: String, limit: Int, wait: Duration) async throws(SQSError) -> [Queue.Delivery] {
    let live = try queue(named: name)
    let poll = newPoll()
    let milliseconds = Int64(wait / .milliseconds(1))
    let result: Result<[Queue.Delivery], SQSError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // The handler below hops to the event loop, where this runs without a pause: it comes later.
        let request = ReceiveRequest(
          limit: limit, visibilitySeconds: live.queue.attributes.visibilitySeconds,
          waitMilliseconds: Task.isCancelled ? 0 : milliseconds)
        receive(request, as: poll, from: live) { continuation.resume(returning: $0) }
      }
    } onCancel: {
      eventLoop.execute { self.assumeIsolated { $0.end(poll, with: .success([])) } }
    }
    return try result.get()
  }

  /// Deletes messages by their receipt handles.
  ///
  /// - Returns: the handles for which that is too late, in a FIFO queue.
  func delete(_ handles: [ReceiptHandle], from name: String) throws(SQSError) -> [ReceiptHandle] {
    let live = try queue(named: name)
    var expired: [ReceiptHandle] = []
    for handle in handles {
      do throws(SQSError) {
        try delete(handle.description, from: live)
      } catch {
        expired.append(handle)
      }
    }
    return expired
  }

  /// Gives messages back that were received and not looked at, as if they had not been received.
  func giveBack(_ handles: [ReceiptHandle], to name: String) {
    guard let live = try? queue(named: name) else { return }
    giveBack(handles, to: live)
  }

  /// Remembers which invocation has messages; with nil that none has them any more.
  func note(invocation: String?, of messageIDs: [String]) {
    for id in messageIDs { invocationNotes.set(invocation, of: id) }
  }

  /// A queue's settings.
  func attributes(ofQueue name: String) throws(SQSError) -> QueueAttributes { try queue(named: name).queue.attributes }
}
