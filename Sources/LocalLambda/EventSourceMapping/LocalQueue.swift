/// A queue of this process, polled with no network in between.
struct LocalQueue: EventSourceQueue {
  let service: QueueService
  let arn: String

  init(_ name: String, of service: QueueService) {
    self.service = service
    arn = service.arn(ofQueue: name)
  }

  func visibilityTimeout() async throws(EventSourceQueueError) -> Duration {
    do throws(SQSError) {
      return .seconds(try await service.attributes(ofQueue: name).visibilitySeconds)
    } catch {
      throw EventSourceQueueError(error)
    }
  }

  func receive(limit: Int, wait: Duration) async throws(EventSourceQueueError) -> [ReceivedMessage] {
    do throws(SQSError) {
      let isFIFO = isFIFO
      return try await service.receive(from: name, limit: limit, wait: wait).map {
        ReceivedMessage($0, isFIFO: isFIFO, senderID: service.accountID)
      }
    } catch {
      throw EventSourceQueueError(error)
    }
  }

  func delete(_ handles: [String]) async throws(EventSourceQueueError) -> Int {
    do throws(SQSError) {
      return try await service.delete(handles.compactMap(ReceiptHandle.init), from: name).count
    } catch {
      throw EventSourceQueueError(error)
    }
  }

  func giveBack(_ handles: [String]) async { await service.giveBack(handles.compactMap(ReceiptHandle.init), to: name) }

  func note(invocation: String?, of messageIDs: [String]) async {
    await service.note(invocation: invocation, of: messageIDs)
  }
}

extension ReceivedMessage {
  fileprivate init(_ delivery: Queue.Delivery, isFIFO: Bool, senderID: String) {
    let message = delivery.message
    self.init(
      messageID: message.id.description, receiptHandle: delivery.handle.description, body: message.body,
      bodyDigest: message.bodyDigest.description,
      systemAttributes: message.systemAttributes(isFIFO: isFIFO, senderID: senderID),
      attributes: message.details?.attributes ?? [:],
      attributesDigest: MD5Digest(of: message.details?.attributes ?? [:])?.description)
  }
}
