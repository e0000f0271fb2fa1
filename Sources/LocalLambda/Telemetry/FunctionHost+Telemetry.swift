import JSON
import NIOCore
import NIOHTTP1

/// An extension that is sent telemetry, and what is on its way to it.
struct TelemetrySubscriber {
  let name: String
  let subscription: TelemetrySubscription
  var batch = TelemetryBatch()
  /// Sends the batch when it has waited long enough.
  var timer: Scheduled<Void>?
  /// Sends what was full or due, one batch after the other.
  var sending: Task<Void, Never>?
}

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
    environment.subscribers.removeAll { $0.name == one.name && $0.subscription.api == api }
    environment.subscribers.append(TelemetrySubscriber(name: one.name, subscription: subscription))
    exchange.respond(.ok, json: "\"OK\"")
    var start = TelemetryEvent.platform(
      "initStart",
      [
        "initializationType": .string(initializationType), "phase": "init",
        "functionName": .string(configuration.name), "functionVersion": "$LATEST",
      ])
    start.time = environment.startedAtMilliseconds
    emit(start, of: environment, to: one.name)
    emit(
      .platform(
        "telemetrySubscription",
        [
          "name": .string(one.name), "state": "Subscribed",
          "types": .array(subscription.categories.map(\.rawValue).sorted().map(JSONValue.string)),
        ]), of: environment)
  }

  /// Sends an event to those who want it, or to one of them.
  func emit(
    _ event: @autoclosure () -> TelemetryEvent, of environment: ExecutionEnvironment, to name: String? = nil
  ) {
    guard !environment.subscribers.isEmpty else { return }
    let event = event()
    for index in environment.subscribers.indices where name == nil || environment.subscribers[index].name == name {
      let subscription = environment.subscribers[index].subscription
      guard subscription.categories.contains(event.category), let json = event.json(for: subscription.api) else {
        continue
      }
      if environment.subscribers[index].batch.add(json, subscription) {
        send(index, of: environment)
      } else if environment.subscribers[index].timer == nil {
        let (id, name) = (environment.id, environment.subscribers[index].name)
        environment.subscribers[index].timer = eventLoop.assumeIsolated().scheduleTask(
          in: .milliseconds(Int64(subscription.timeoutMilliseconds))
        ) { [weak self] () -> Void in self?.assumeIsolated { $0.batchIsDue(of: name, id) } }
      }
    }
  }

  private func batchIsDue(of name: String, _ id: ExecutionEnvironment.ID) {
    guard let environment = environments[id] else { return }
    for index in environment.subscribers.indices where environment.subscribers[index].name == name {
      environment.subscribers[index].timer = nil
      // Who is frozen cannot take it: it is sent when the environment thaws.
      if !environment.isFrozen { send(index, of: environment) }
    }
  }

  /// Sends what waits, whether it is due or not.
  func flushTelemetry(of environment: ExecutionEnvironment) {
    for index in environment.subscribers.indices { send(index, of: environment) }
  }

  private func send(_ index: Int, of environment: ExecutionEnvironment) {
    environment.subscribers[index].timer?.cancel()
    environment.subscribers[index].timer = nil
    let batch = environment.subscribers[index].batch
    guard !batch.isEmpty else { return }
    environment.subscribers[index].batch = TelemetryBatch()
    let subscriber = environment.subscribers[index]
    let (id, previous) = (environment.id, subscriber.sending)
    environment.subscribers[index].sending = Task {
      await previous?.value
      do {
        let response = try await LoopbackClient(url: subscriber.subscription.url).send(
          "POST", "", headers: [("Content-Type", "application/json")], body: batch.body, timeout: .seconds(5))
        guard response.status < 400 else { throw LoopbackError(.lost, "status \(response.status)") }
      } catch {
        self.dropped(batch, "\(error)", of: id)
      }
    }
  }

  private func dropped(_ batch: TelemetryBatch, _ reason: String, of id: ExecutionEnvironment.ID) {
    guard let environment = environments[id], !environment.isEnding else { return }
    emit(
      .platform(
        "logsDropped",
        [
          "reason": .string(reason), "droppedRecords": .integer(Int64(batch.count)),
          "droppedBytes": .integer(Int64(batch.bytes.count)),
        ]), of: environment)
  }

  /// Stops sending: the environment is over.
  func stopTelemetry(of environment: ExecutionEnvironment) {
    for subscriber in environment.subscribers {
      subscriber.timer?.cancel()
      subscriber.sending?.cancel()
    }
    environment.subscribers = []
  }
}
