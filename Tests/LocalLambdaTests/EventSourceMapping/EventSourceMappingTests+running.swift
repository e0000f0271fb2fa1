import Testing

@testable import LocalLambda

extension EventSourceMappingTests {
  static func queue(_ more: [String: String] = [:]) -> QueueConfiguration {
    QueueConfiguration(name: "q", attributes: ["VisibilityTimeout": "1"].merging(more) { $1 })
  }

  static func configuration(
    _ change: (inout EventSourceMappingConfiguration) -> Void = { _ in }
  ) -> EventSourceMappingConfiguration {
    var configuration = EventSourceMappingConfiguration()
    change(&configuration)
    return configuration
  }

  /// Runs a mapping for as long as the body takes.
  static func run(
    _ configuration: EventSourceMappingConfiguration, _ service: QueueService, _ function: ScriptedFunction,
    queue name: String = "q", body: (EventSourceMapping) async throws -> Void
  ) async throws {
    let queue = LocalQueue(name, of: service)
    let visibilityTimeout = try await queue.visibilityTimeout()
    let mapping = EventSourceMapping(
      configuration, filters: try FilterCriteria(patterns: configuration.filterPatterns), queue: queue,
      visibilityTimeout: visibilityTimeout, eventLoop: service.eventLoop, invoke: function.invoke)
    await mapping.start()
    do {
      try await body(mapping)
    } catch {
      await mapping.stop()
      await mapping.cutOff()
      throw error
    }
    await mapping.stop()
    await mapping.cutOff()
  }

  /// All of a queue's messages get done.
  static func expectEmpty(
    _ queue: String, _ service: QueueService, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let isEmpty = try await eventually { try await service.counts(of: queue) == Queue.Counts() }
    #expect(isEmpty, sourceLocation: sourceLocation)
  }
}
