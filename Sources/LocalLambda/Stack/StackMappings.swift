internal import JSON
internal import NIOCore

/// The event source mappings of a stack: where their queues are, and how they are started.
extension StackContext {
  /// Makes the mappings, with none in it yet.
  func makeMappings(
    _ queues: Queues?, functions: [FunctionHost], in directory: String?
  ) throws(StackError) -> EventSourceMappings {
    let elsewhere = plan.givenEndpoint
    let environment = plan.environment
    let replacements = try replacements()
    return EventSourceMappings(
      functions: functions, eventLoop: loop, logger: StackLog.logger(report), file: try mappingFile(in: directory)
    ) {
      arn throws(EventSourceMappingError) in
      if let queue = replacements[arn] { return queue }
      if let queues, let address = QueueAddress(arn: arn), address.scope == queues.service.ownScope {
        let queue = LocalQueue(address.name, of: queues.service)
        // Elsewhere may be a queue of that region and account, too: both are what every local SQS has.
        let isHere = (try? await queue.visibilityTimeout()) != nil
        if isHere || elsewhere == nil { return queue }
      }
      guard let elsewhere else { throw EventSourceMappingError(message: EventSourceQueueError(.noQueue).description) }
      let sqs = try RemoteSQS(
        url: elsewhere, region: QueueAddress(arn: arn)?.scope.region ?? "", environment: environment)
      do throws(EventSourceQueueError) {
        return try await sqs.queue(arn: arn)
      } catch {
        throw EventSourceMappingError(message: error.description)
      }
    }
  }

  /// The queues that the environment names in place of the template's, by their ARNs.
  private func replacements() throws(StackError) -> [String: RemoteQueue] {
    var replacements: [String: RemoteQueue] = [:]
    for event in plan.functions.flatMap(\.queueEvents) {
      guard let url = plan.replacement(of: event.queue) else { continue }
      let queue = try remoteQueue(url, line: event.line)
      replacements[queue.arn] = queue
    }
    return replacements
  }

  /// Where the mappings are kept that callers of the API make.
  private func mappingFile(in directory: String?) throws(StackError) -> EventSourceMappingFile? {
    guard configuration.runsQueueEvents, let directory else { return nil }
    do throws(EventSourceMappingError) {
      return try EventSourceMappingFile(path: directory + "/event-source-mappings.json")
    } catch {
      throw StackError(.configuration, error.description)
    }
  }

  /// Starts those of the template, and then those of an earlier start, unless queues are not to drive anything.
  func startMappings(_ mappings: EventSourceMappings, _ queues: Queues?, hosts: [String: FunctionHost]) async throws {
    guard configuration.runsQueueEvents else { return }
    for function in plan.functions {
      guard let host = hosts[function.name] else { continue }
      for event in function.queueEvents {
        if let url = plan.replacement(of: event.queue) {
          try await start(event, function, host, mappings, at: remoteQueue(url, line: event.line))
        } else if event.isElsewhere {
          try await start(event, function, host, mappings, at: remoteQueue(arn: event.queue, line: event.line))
        } else if let queues, let queue = plan.template.queue(event.queue) {
          try await start(event, host, mappings, at: LocalQueue(queue.name, of: queues.service))
        }
      }
    }
    await mappings.restore()
  }

  /// A queue elsewhere is told of, and taken as it is: it need not be up yet, and may hide its messages too briefly.
  private func start(
    _ event: QueueEventResource, _ function: FunctionResource, _ host: FunctionHost, _ mappings: EventSourceMappings,
    at remote: RemoteQueue
  ) async throws {
    var queue = remote
    var visibilityTimeout = Duration.seconds(function.timeout)
    do throws(EventSourceQueueError) {
      let own = try await queue.visibilityTimeout()
      if own < visibilityTimeout {
        report(
          .warning(
            "\(queue.url) hides messages for \(own.components.seconds) s, and \(function.name) may take "
              + "\(function.timeout) s, which AWS refuses: here they are hidden for \(function.timeout) s"))
        queue.hiding = visibilityTimeout
      }
      visibilityTimeout = max(own, visibilityTimeout)
    } catch {
      guard error.code == nil else { throw refused(error.description, event.line) }
      report(.warning("the queue \(queue.url) does not answer: \(error.message). It is asked again"))
    }
    report(.started("\(function.name)'s queue", queue.url))
    try await start(event, host, mappings, at: queue, visibilityTimeout: visibilityTimeout)
  }

  private func start(
    _ event: QueueEventResource, _ host: FunctionHost, _ mappings: EventSourceMappings,
    at queue: any EventSourceQueue, visibilityTimeout: Duration? = nil
  ) async throws(StackError) {
    let settings = EventSourceMappingConfiguration(
      batchSize: event.batchSize, maximumBatchingWindow: event.maximumBatchingWindow,
      reportBatchItemFailures: event.reportBatchItemFailures, filterPatterns: event.filterPatterns,
      maximumConcurrency: event.maximumConcurrency, provisionedPollers: event.provisionedPollers)
    do throws(EventSourceMappingError) {
      try await mappings.add(
        settings, queue: queue, function: host, enabled: event.enabled, visibilityTimeout: visibilityTimeout)
    } catch {
      throw refused(error.description, event.line)
    }
  }

  /// The queue of a URL that the environment gives. Its region is in the host of Amazon's URLs and in the path of
  /// `…/queue/REGION/ACCOUNT/NAME`, its account in everybody's.
  private func remoteQueue(_ url: String, line: Int) throws(StackError) -> RemoteQueue {
    let parts = url.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let host = parts.count > 2 ? parts[2].split(separator: ".").map(String.init) : []
    var account = plan.template.account
    if host.count > 2, host[0] == "sqs" { account.region = host[1] }
    if parts.count > 6, parts[parts.count - 4] == "queue" { account.region = parts[parts.count - 3] }
    if let id = parts.dropLast().last, QueueScope.isAccountID(id.utf8) { account.accountID = id }
    let endpoint = plan.givenEndpoint ?? parts.prefix(3).joined(separator: "/")
    return RemoteQueue(
      url: url, arn: account.queueARN(parts.last ?? ""), sqs: try sqs(endpoint, account.region, line: line))
  }

  /// The queue of an ARN that the template gives: at Amazon, unless the environment says where SQS is.
  private func remoteQueue(arn: String, line: Int) async throws(StackError) -> RemoteQueue {
    let sqs = try sqs(plan.givenEndpoint, QueueAddress(arn: arn)?.scope.region ?? "", line: line)
    do throws(EventSourceQueueError) {
      return try await sqs.queue(arn: arn)
    } catch {
      throw refused(error.description, line)
    }
  }

  private func sqs(_ url: String?, _ region: String, line: Int) throws(StackError) -> RemoteSQS {
    do throws(EventSourceMappingError) {
      return try RemoteSQS(url: url, region: region, environment: plan.environment)
    } catch {
      throw refused(error.description, line)
    }
  }

  private func refused(_ what: String, _ line: Int) -> StackError {
    StackError(
      TemplateError(file: plan.template.path, line: line, what: what, advice: "Correct the event or its queue"))
  }
}
