import JSON

/// What people see of the queues, beside SQS's own protocols; ``QueueServer`` tells its shape.
enum QueueInspection {
  static let path = "/_lambda-local/queues"

  /// The most messages that one look shows.
  static let limit = 1...10_000

  /// A request that cannot be answered.
  struct Refusal: Error {
    let status: Int
    let message: String
  }
}

extension QueueService {
  func inspect(_ request: WireRequest, respond: @escaping @Sendable (WireResponse) -> Void) {
    do throws(QueueInspection.Refusal) {
      let answer = try inspect(request)
      whenDurable { failure in
        if let failure {
          respond(.json(500, .object(["message": .string(failure.message)])))
        } else {
          respond(.json(200, answer))
        }
      }
    } catch {
      respond(.json(error.status, .object(["message": .string(error.message)])))
    }
  }

  private func inspect(_ request: WireRequest) throws(QueueInspection.Refusal) -> JSONValue {
    let parts = request.path.dropFirst(QueueInspection.path.count).split(separator: "/")
    switch (request.method, parts.count, parts.last ?? "") {
    case ("GET", 0, _):
      return .object([
        "queues": .array(
          queues.values.filter { $0.queue.address.scope == ownScope }.sorted { $0.queue.name < $1.queue.name }
            .map { summary(of: $0, request) })
      ])
    case ("GET", 2, "messages"):
      let live = try inspected(parts[0])
      let limit = QueryString.pairs(request.query).last { $0.name == "limit" }.map { Int($0.value) } ?? 20
      guard let limit, QueueInspection.limit.contains(limit) else {
        throw QueueInspection.Refusal(status: 400, message: "limit has to be between 1 and 10000")
      }
      return messages(of: live, limit: limit)
    case (_, 0, _), (_, 2, "messages"):
      throw QueueInspection.Refusal(status: 405, message: "\(request.method) is not possible here")
    default:
      throw QueueInspection.Refusal(status: 404, message: "there is nothing at \(request.path)")
    }
  }

  private func inspected(_ name: Substring) throws(QueueInspection.Refusal) -> LiveQueue {
    let name = PercentDecoding.decode(name)
    do throws(SQSError) {
      return try queue(named: name)
    } catch {
      throw QueueInspection.Refusal(status: 404, message: "there is no queue \(name)")
    }
  }

  private func messages(of live: LiveQueue, limit: Int) -> JSONValue {
    let isFIFO = live.queue.attributes.isFIFO
    let locks = isFIFO ? GroupLocks((0..<live.queue.slots).lazy.compactMap(live.queue.message)) : GroupLocks()
    let maximumReceives = live.queue.attributes.redrive?.maxReceiveCount
    let messages = live.queue.peek(limit: limit).map { message in
      var object = message.inspected(isFIFO: isFIFO, lockedBy: locks.holder(over: message))
      object["invocation"] = invocationNotes[message.id.description].map { .string($0) }
      // Once its visibility times out, SQS does not hand it out any more.
      object["is_last_receive"] = maximumReceives.map { .bool(Int(message.receiveCount) >= $0) }
      return JSONValue.object(object)
    }
    return .object([
      "messages": .array(messages), "total": .integer(live.queue.counts.total), "now": .integer(now),
    ])
  }

  private func summary(of live: LiveQueue, _ request: WireRequest) -> JSONValue {
    live.queue.advance(to: now)
    let redrive = live.queue.attributes.redrive
    return .object([
      "name": .string(live.queue.name),
      "url": .string(
        QueueURLs(host: request.host ?? "127.0.0.1", defaultRegion: region).url(of: live.queue.address)),
      "arn": .string(live.queue.address.arn),
      "fifo": .bool(live.queue.attributes.isFIFO),
      "available": .integer(live.queue.counts.available),
      "in_flight": .integer(live.queue.counts.inFlight),
      "delayed": .integer(live.queue.counts.delayed),
      "waiting_polls": .integer(live.waitingPolls),
      "oldest_sent_at": live.queue.oldestSentAt().map { .integer($0) } ?? .null,
      "dead_letter_queue": (redrive?.deadLetterQueue.name).map { .string($0) } ?? .null,
      "max_receive_count": (redrive?.maxReceiveCount).map { .integer($0) } ?? .null,
    ])
  }
}

extension Message {
  /// The message as a person is shown it.
  fileprivate func inspected(isFIFO: Bool, lockedBy holder: MessageID?) -> JSONObject {
    let state =
      switch self.state {
      case .available: holder == nil ? "available" : "locked"
      case .delayed: "delayed"
      case .inFlight: "in_flight"
      }
    var values = JSONObject()
    for (name, attribute) in (details?.attributes ?? [:]).sorted(by: { $0.key < $1.key }) {
      values[name] = .object(["type": .string(attribute.dataType), "value": .string(attribute.text)])
    }
    var object: JSONObject = [
      "message_id": .string(id.description),
      "body": .string(body),
      "state": .string(state),
      "sent_at": .integer(sentAt),
      "available_at": self.state == .available ? .null : .integer(availableAt),
      "receive_count": .integer(receiveCount),
      "first_received_at": firstReceivedAt.map { .integer($0) } ?? .null,
      "attributes": .object(values),
    ]
    object["locked_by"] = holder.map { .string($0.description) }
    object["group_id"] = (details?.groupID).map { .string($0) }
    object["deduplication_id"] = (details?.deduplicationID).map { .string($0) }
    object["sequence_number"] = isFIFO ? .string(Self.sequenceNumber(sequence)) : nil
    object["dead_letter_source"] = (details?.deadLetterSource).map { .string(QueueAddress(arn: $0)?.name ?? $0) }
    return object
  }
}

/// Which message holds up those behind it in its group: the first one that is in flight or delayed.
private struct GroupLocks {
  private var holders: [String: Message] = [:]

  init() {}

  init(_ messages: some Sequence<Message>) {
    for message in messages where message.state != .available {
      guard let group = message.details?.groupID else { continue }
      if let known = holders[group], known.sequence < message.sequence { continue }
      holders[group] = message
    }
  }

  /// What an available message waits for.
  func holder(over message: Message) -> MessageID? {
    guard message.state == .available, let holder = message.details?.groupID.flatMap({ holders[$0] }),
      holder.sequence < message.sequence
    else { return nil }
    return holder.id
  }
}

extension WireResponse {
  fileprivate static func json(_ status: Int, _ value: JSONValue) -> WireResponse {
    WireResponse(
      status: status, headers: [("content-type", "application/json")],
      body: value.serializedBytes + [UInt8(ascii: "\n")])
  }
}
