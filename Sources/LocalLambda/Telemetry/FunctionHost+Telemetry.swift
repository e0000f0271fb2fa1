import JSON
import NIOCore
import NIOHTTP1

extension FunctionHost {
  /// `PUT /2022-07-01/telemetry`, `PUT /2020-08-15/logs`.
  func subscribe(
    _ api: TelemetrySubscription.API, _ request: ServerRequest, of environment: ExecutionEnvironment,
    on exchange: HTTPExchange
  ) throws(ExtensionError) {
    let id = try identifier(request)
    guard let one = environment.extensions[id], one.state != .started else {
      throw ExtensionError(.unknownExtensionIdentifier, "Unknown extension \(id)")
    }
    guard environment.extensions.isOpen else {
      let (kind, name): (ExtensionError.Kind, String) =
        api == .telemetry ? (.telemetryClosed, "Telemetry") : (.logsClosed, "Logs")
      throw ExtensionError(kind, "\(name) API subscription is closed already")
    }
    let subscription: TelemetrySubscription
    do {
      subscription = try TelemetrySubscription(try JSONValue(parsing: request.body.readableBytesView), api)
    } catch {
      let body: JSONValue = ["errorType": "ValidationError", "errorMessage": .string("\(error)")]
      return exchange.respond(.badRequest, json: body.serialized)
    }
    if let index = environment.subscribers.firstIndex(where: { $0.name == one.name && $0.subscription.api == api }) {
      stop(environment.subscribers.remove(at: index))
    }
    environment.subscriptionCount += 1
    let subscriber = TelemetrySubscriber(
      id: environment.subscriptionCount, name: one.name, subscription: subscription, eventLoop: eventLoop)
    environment.subscribers.append(subscriber)
    exchange.respond(.ok, json: "\"OK\"")
    var record = initPhase(of: environment)
    record["functionName"] = .string(configuration.name)
    record["functionVersion"] = "$LATEST"
    var start = TelemetryEvent.platform("initStart", .object(record))
    start.time = environment.startedAtMilliseconds
    emit(start, of: environment, to: subscriber.id)
    emit(
      .platform(
        "telemetrySubscription",
        [
          "name": .string(one.name), "state": "Subscribed",
          "types": .array(subscription.categories.map(\.rawValue).sorted().map(JSONValue.string)),
        ]), of: environment, to: subscriber.id)
  }

  /// Sends an event to those who want it, or to one of them.
  func emit(
    _ event: @autoclosure () -> TelemetryEvent, of environment: ExecutionEnvironment, to recipient: Int? = nil
  ) {
    guard !environment.subscribers.isEmpty else { return }
    let event = event()
    for index in environment.subscribers.indices
    where recipient == nil || environment.subscribers[index].id == recipient {
      let subscription = environment.subscribers[index].subscription
      guard subscription.categories.contains(event.category), let json = event.json(for: subscription.api) else {
        continue
      }
      // One batch may be on its way, and one waits behind it: who is slower than that loses the second.
      if environment.subscribers[index].batch.isFull {
        environment.subscribers[index].lose(environment.subscribers[index].batch, TelemetryLoss.tooSlow)
        environment.subscribers[index].batch = TelemetryBatch(for: subscription)
      }
      environment.subscribers[index].batch.add(json)
      if environment.subscribers[index].batch.isFull {
        send(index, of: environment)
      } else if environment.subscribers[index].timer == nil {
        let (id, subscriber) = (environment.id, environment.subscribers[index].id)
        environment.subscribers[index].timer = eventLoop.assumeIsolated().scheduleTask(
          in: .milliseconds(Int64(subscription.timeoutMilliseconds))
        ) { [weak self] () -> Void in self?.assumeIsolated { $0.batchIsDue(of: subscriber, id) } }
      }
    }
  }

  private func batchIsDue(of subscriber: Int, _ id: ExecutionEnvironment.ID) {
    guard let environment = environments[id],
      let index = environment.subscribers.firstIndex(where: { $0.id == subscriber })
    else { return }
    environment.subscribers[index].timer = nil
    // Who is frozen cannot take it: it is sent when the environment thaws.
    if !environment.isFrozen { send(index, of: environment) }
  }

  /// Sends what waits, whether it is due or not.
  func flushTelemetry(of environment: ExecutionEnvironment) {
    for index in environment.subscribers.indices { send(index, of: environment) }
  }

  private func send(_ index: Int, of environment: ExecutionEnvironment) {
    guard !environment.subscribers[index].batch.isEmpty else { return }
    guard environment.subscribers[index].sending == nil else {
      environment.subscribers[index].isDue = true
      return
    }
    environment.subscribers[index].timer?.cancel()
    environment.subscribers[index].timer = nil
    let (batch, loss) = environment.subscribers[index].takeBatch()
    var told = batch
    if let event = loss?.event.json(for: environment.subscribers[index].subscription.api) { told.add(event) }
    let (id, subscriber) = (environment.id, environment.subscribers[index].id)
    environment.subscribers[index].sending = Task { [told, sender = environment.subscribers[index].sender] in
      var failure: String?
      do { try await sender.send(told) } catch { failure = "\(error)" }
      self.sent(batch, telling: loss, to: subscriber, of: id, failure: failure)
    }
  }

  private func sent(
    _ batch: TelemetryBatch, telling loss: TelemetryLoss?, to subscriber: Int, of id: ExecutionEnvironment.ID,
    failure: String?
  ) {
    guard let environment = environments[id],
      let index = environment.subscribers.firstIndex(where: { $0.id == subscriber })
    else { return }
    environment.subscribers[index].sending = nil
    if let failure { environment.subscribers[index].lose(batch, telling: loss, failure) }
    guard environment.subscribers[index].isDue else { return }
    environment.subscribers[index].isDue = false
    send(index, of: environment)
  }

  /// Stops sending: the environment is over.
  func stopTelemetry(of environment: ExecutionEnvironment) {
    for subscriber in environment.subscribers { stop(subscriber) }
    environment.subscribers = []
  }

  private func stop(_ subscriber: TelemetrySubscriber) {
    subscriber.timer?.cancel()
    subscriber.sending?.cancel()
    subscriber.sender.assumeIsolated { $0.close() }
  }
}
