import Logging
import NIOCore
import NIOHTTP1

/// The event source mappings of the functions that are served: those of the template, and those that callers of the
/// API make, which are kept in a file if there is to be one.
actor EventSourceMappings {
  /// Finds the queue of an ARN, or says in Lambda's words that there is none.
  typealias FindQueue = @Sendable (_ arn: String) async throws(EventSourceMappingError) -> any EventSourceQueue

  struct Entry {
    var description: EventSourceMappingDescription
    let queue: any EventSourceQueue
    var function: FunctionHost
    /// Made by a caller of the API, not by the template.
    let isCallers: Bool
    /// Whether it is, or is about to be, enabled.
    var isEnabled: Bool
    /// What polls; nil while disabled.
    var mapping: EventSourceMapping?
  }

  let functions: [FunctionHost]
  private let findQueue: FindQueue
  private let eventLoop: any EventLoop
  let logger: Logger
  private let gracePeriod: Duration
  private(set) var entries: [String: Entry] = [:]
  /// In the order in which they were made.
  private(set) var order: [String] = []
  /// Where the mappings of callers are kept.
  let file: EventSourceMappingFile?
  /// Mappings of the file that have not been made again.
  var waiting: [EventSourceMappingFile.Kept]
  /// Mappings that poll no more, with invocations under way.
  private var draining: [ObjectIdentifier: EventSourceMapping] = [:]
  private var isShutDown = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

  /// - Parameter gracePeriod: how long invocations may go on once everything is shut down.
  init(
    functions: [FunctionHost], eventLoop: any EventLoop, logger: Logger = Logger(label: "event-source-mapping"),
    gracePeriod: Duration = .seconds(5), file: EventSourceMappingFile? = nil, findQueue: @escaping FindQueue
  ) {
    self.functions = functions
    self.findQueue = findQueue
    self.eventLoop = eventLoop
    self.logger = logger
    self.gracePeriod = gracePeriod
    self.file = file
    waiting = file?.kept ?? []
  }

  // MARK: The template's

  /// Adds a mapping that is not asked for over the API; its UUID is the same each time.
  ///
  /// - Parameter visibilityTimeout: how long the queue hides what is received; nil asks the queue.
  func add(
    _ configuration: EventSourceMappingConfiguration, queue: any EventSourceQueue, function: FunctionHost,
    enabled: Bool, visibilityTimeout: Duration? = nil
  ) async throws(EventSourceMappingError) {
    let functionARN = function.arn
    let digest = MD5Digest(of: "\(queue.arn) \(functionARN)")
    let uuid = RandomUUID(high: digest.high, low: digest.low).description
    var visibilityTimeout = visibilityTimeout
    if visibilityTimeout == nil { visibilityTimeout = try await timeout(of: queue) }
    _ = try insert(
      uuid, configuration, queue, function, functionARN, isCallers: false, enabled: enabled,
      visibilityTimeout: visibilityTimeout)
  }

  // MARK: The API's calls

  /// CreateEventSourceMapping.
  func create(_ request: EventSourceMappingRequest) async throws(InvokeAPIError) -> EventSourceMappingDescription {
    let description = try await make(request, uuid: RandomID.uuid(), lastModified: WallClock.milliseconds())
    save()
    return description
  }

  /// Makes the mapping that a caller asks for, or asked for once.
  func make(
    _ request: EventSourceMappingRequest, uuid: String, lastModified: Int64
  ) async throws(InvokeAPIError) -> EventSourceMappingDescription {
    guard let name = request.functionName else {
      throw .validation("Value null at 'functionName' failed to satisfy constraint: Member must not be null")
    }
    guard let arn = request.eventSourceARN, QueueAddress(arn: arn) != nil else {
      throw .invalidParameter("Unrecognized event source.")
    }
    let (function, functionARN) = try function(named: name)
    let configuration = try request.settings()
    do throws(EventSourceMappingError) {
      let queue = try await findQueue(arn)
      return try insert(
        uuid, configuration, queue, function, functionARN, isCallers: true, enabled: request.enabled ?? true,
        visibilityTimeout: try await timeout(of: queue), lastModified: lastModified)
    } catch {
      throw InvokeAPIError(error)
    }
  }

  /// GetEventSourceMapping.
  func description(of uuid: String) async throws(InvokeAPIError) -> EventSourceMappingDescription {
    guard let entry = entries[uuid] else { throw .noSuchMapping }
    var description = entry.description
    description.lastResult = await entry.mapping?.lastResult
    return description
  }

  /// ListEventSourceMappings, all of them that are asked for.
  func list(queueARN: String?, function name: String?) async throws(InvokeAPIError) -> [EventSourceMappingDescription] {
    let wanted = try name.map { name throws(InvokeAPIError) in try function(named: name).host.configuration.name }
    var descriptions: [EventSourceMappingDescription] = []
    for uuid in order {
      guard let entry = entries[uuid], queueARN == nil || queueARN == entry.queue.arn,
        wanted == nil || wanted == entry.function.configuration.name
      else { continue }
      descriptions.append(try await description(of: uuid))
    }
    return descriptions
  }

  /// UpdateEventSourceMapping.
  func update(
    _ uuid: String, _ request: EventSourceMappingRequest
  ) async throws(InvokeAPIError) -> EventSourceMappingDescription {
    guard let queue = entries[uuid]?.queue else { throw .noSuchMapping }
    let visibilityTimeout: Duration
    do throws(EventSourceMappingError) {
      visibilityTimeout = try await timeout(of: queue)
    } catch {
      throw InvokeAPIError(error)
    }
    // Only now: another call may have come in between.
    guard let old = entries[uuid] else { throw .noSuchMapping }
    guard !old.description.state.isTransient else { throw .mappingInUse("update") }
    var entry = old
    if let name = request.functionName { (entry.function, entry.description.functionARN) = try function(named: name) }
    let configuration = try request.settings(over: old.description.configuration)
    entry.description.configuration = configuration
    entry.description.lastModified = WallClock.milliseconds()
    let wasEnabled = old.description.state == .enabled
    let isEnabled = request.enabled ?? wasEnabled
    entry.isEnabled = isEnabled
    entry.description.state = isEnabled == wasEnabled ? .updating : isEnabled ? .enabling : .disabling
    let filters: FilterCriteria
    do throws(EventSourceMappingError) {
      filters = try configuration.check(
        isFIFO: queue.isFIFO, visibilityTimeout: visibilityTimeout,
        functionTimeout: entry.function.configuration.timeout)
      try refuseDuplicate(of: queue, entry.function, except: uuid)
    } catch {
      throw InvokeAPIError(error)
    }
    let next =
      isEnabled ? mapping(configuration, filters, queue, entry.function, visibilityTimeout: visibilityTimeout) : nil
    entries[uuid] = entry
    save()
    let changed = entry
    Task {
      await self.end(old.mapping, waitingForInvocations: !isEnabled)
      self.finish(uuid, changed, with: next)
    }
    return entry.description
  }

  /// DeleteEventSourceMapping.
  func delete(_ uuid: String) throws(InvokeAPIError) -> EventSourceMappingDescription {
    guard var entry = entries[uuid] else { throw .noSuchMapping }
    guard !entry.description.state.isTransient else { throw .mappingInUse("delete") }
    entry.description.state = .deleting
    entries[uuid] = entry
    save()
    let deleted = entry
    Task {
      await self.end(deleted.mapping, waitingForInvocations: true)
      self.entries[uuid] = nil
      self.order.removeAll { $0 == uuid }
    }
    return entry.description
  }

  // MARK: The end

  /// Ends polling; invocations may go on for the grace period, then their messages go back to the queues.
  func shutdown() async {
    isShutDown = true
    let polling = entries.values.compactMap(\.mapping)
    await withDiscardingTaskGroup { group in
      for mapping in polling { group.addTask { await mapping.stop() } }
    }
    let all = polling + draining.values
    let gracePeriod = gracePeriod
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await Task.sleep(for: gracePeriod) }
      group.addTask { for mapping in all { await mapping.drained() } }
      await group.next()
      for mapping in all { await mapping.cutOff() }
      group.cancelAll()
    }
  }

  // MARK: Parts

  private func insert(
    _ uuid: String, _ configuration: EventSourceMappingConfiguration, _ queue: any EventSourceQueue,
    _ function: FunctionHost, _ functionARN: String, isCallers: Bool, enabled: Bool, visibilityTimeout: Duration?,
    lastModified: Int64 = WallClock.milliseconds()
  ) throws(EventSourceMappingError) -> EventSourceMappingDescription {
    let filters = try configuration.check(
      isFIFO: queue.isFIFO, visibilityTimeout: visibilityTimeout,
      functionTimeout: function.configuration.timeout)
    try refuseDuplicate(of: queue, function, except: nil)
    let description = EventSourceMappingDescription(
      uuid: uuid, queueARN: queue.arn, functionARN: functionARN, configuration: configuration,
      state: enabled ? .creating : .disabled, lastModified: lastModified)
    let entry = Entry(
      description: description, queue: queue, function: function, isCallers: isCallers, isEnabled: enabled)
    entries[uuid] = entry
    order.append(uuid)
    if enabled {
      let mapping = mapping(
        configuration, filters, queue, function,
        visibilityTimeout: visibilityTimeout ?? function.configuration.timeout)
      Task { self.finish(uuid, entry, with: mapping) }
    }
    return description
  }

  /// A change is done: what polls from now on takes over.
  private func finish(_ uuid: String, _ changed: Entry, with mapping: EventSourceMapping?) {
    var entry = changed
    entry.mapping = mapping
    entry.description.state = mapping == nil ? .disabled : .enabled
    entries[uuid] = entry
    if let mapping, !isShutDown { mapping.assumeIsolated { $0.start() } }
  }

  private func end(_ mapping: EventSourceMapping?, waitingForInvocations: Bool) async {
    guard let mapping else { return }
    await mapping.stop()
    let id = ObjectIdentifier(mapping)
    draining[id] = mapping
    if waitingForInvocations {
      await mapping.drained()
      draining[id] = nil
    } else {
      Task {
        await mapping.drained()
        self.draining[id] = nil
      }
    }
  }

  private func mapping(
    _ configuration: EventSourceMappingConfiguration, _ filters: FilterCriteria, _ queue: any EventSourceQueue,
    _ function: FunctionHost, visibilityTimeout: Duration
  ) -> EventSourceMapping {
    var logger = logger
    logger[metadataKey: "function"] = "\(function.configuration.name)"
    return EventSourceMapping(
      configuration, filters: filters, queue: queue, visibilityTimeout: visibilityTimeout, eventLoop: eventLoop,
      logger: logger
    ) { await function.invoke($0) }
  }

  private func timeout(of queue: any EventSourceQueue) async throws(EventSourceMappingError) -> Duration {
    do throws(EventSourceQueueError) {
      return try await queue.visibilityTimeout()
    } catch {
      throw EventSourceMappingError(message: error.description)
    }
  }

  private func refuseDuplicate(
    of queue: any EventSourceQueue, _ function: FunctionHost, except uuid: String?
  ) throws(EventSourceMappingError) {
    let other = entries.first {
      $0.key != uuid && $0.value.queue.arn == queue.arn
        && $0.value.function.configuration.name == function.configuration.name
    }
    guard let other else { return }
    throw EventSourceMappingError(
      message: "An event source mapping with SQS arn (\" \(queue.arn) \") and function "
        + "(\" \(function.configuration.name) \") already exists. "
        + "Please update or delete the existing mapping with UUID \(other.key)",
      isConflict: true)
  }

  private func function(named text: String) throws(InvokeAPIError) -> (host: FunctionHost, arn: String) {
    guard let reference = FunctionReference(text),
      let host = functions.first(where: { $0.configuration.name == reference.name }),
      reference.qualifier == nil || reference.qualifier == "$LATEST"
    else { throw .invalidParameter("Function does not exist") }
    return (host, host.arn + (reference.qualifier.map { ":\($0)" } ?? ""))
  }
}

extension InvokeAPIError {
  fileprivate init(_ error: EventSourceMappingError) {
    self =
      error.isConflict
      ? InvokeAPIError(status: .conflict, type: "ResourceConflictException", message: error.message)
      : .invalidParameter(error.message)
  }
}
