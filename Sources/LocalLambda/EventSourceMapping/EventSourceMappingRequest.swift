import JSON

/// The body of CreateEventSourceMapping or UpdateEventSourceMapping; what is nil was not sent.
struct EventSourceMappingRequest: Sendable {
  var eventSourceARN: String?
  var functionName: String?
  var enabled: Bool?
  private let members: JSONObject

  /// Reads a body, and refuses what queues do not have.
  init(_ body: some Collection<UInt8>) throws(InvokeAPIError) {
    let value: JSONValue
    do throws(JSONParseError) {
      value = body.isEmpty ? [:] : try JSONValue(parsing: body)
    } catch {
      throw .serialization(error.reason)
    }
    guard let members = value.objectValue else { throw .serialization("the body is not an object") }
    try self.init(members)
  }

  init(_ members: JSONObject) throws(InvokeAPIError) {
    self.members = members
    eventSourceARN = try members.member("EventSourceArn", \.stringValue)
    functionName = try members.member("FunctionName", \.stringValue)
    enabled = try members.member("Enabled", \.boolValue)
    try refuseOtherSources()
  }

  /// The settings that were sent, put over others.
  func settings(
    over old: EventSourceMappingConfiguration = EventSourceMappingConfiguration()
  ) throws(InvokeAPIError) -> EventSourceMappingConfiguration {
    var settings = old
    if let size = try members.integer("BatchSize", in: EventSourceMappingConfiguration.batchSizes) {
      settings.batchSize = size
    }
    let window = "MaximumBatchingWindowInSeconds"
    if let seconds = try members.integer(window, in: EventSourceMappingConfiguration.batchingWindows) {
      settings.maximumBatchingWindow = seconds
    }
    if let types = try members.member("FunctionResponseTypes", \.arrayValue) {
      for type in types where type != "ReportBatchItemFailures" {
        throw .validation(
          "Value '[\(type.stringValue ?? type.serialized)]' at 'functionResponseTypes' failed to satisfy constraint: "
            + "Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]")
      }
      settings.reportBatchItemFailures = !types.isEmpty
    }
    if let scaling = try members.member("ScalingConfig", \.objectValue) {
      settings.maximumConcurrency = try scaling.integer(
        "MaximumConcurrency", in: EventSourceMappingConfiguration.concurrencies, at: "scalingConfig.")
    }
    if let pollers = try members.member("ProvisionedPollerConfig", \.objectValue) {
      settings.provisionedPollers = try provisionedPollers(pollers)
    }
    if let criteria = try members.member("FilterCriteria", \.objectValue) {
      settings.filterPatterns = try patterns(criteria)
    }
    return settings
  }

  /// None of it set: there are none.
  private func provisionedPollers(_ pollers: JSONObject) throws(InvokeAPIError) -> ClosedRange<Int>? {
    // The limits of the API; queues need two at least, which is checked with everything else.
    let place = "provisionedPollerConfig."
    let minimum = try pollers.integer("MinimumPollers", in: 1...200, at: place)
    let maximum = try pollers.integer("MaximumPollers", in: 1...10_000, at: place)
    if pollers["PollerGroupName"].map({ $0 != .null }) ?? false {
      throw .invalidParameter("Unsupported PollerGroupName parameter for given event source mapping type.")
    }
    guard minimum != nil || maximum != nil else { return nil }
    let defaults = EventSourceMappingConfiguration.defaultPollers
    let (least, most) = (minimum ?? defaults.lowerBound, maximum ?? defaults.upperBound)
    guard least <= most else {
      throw .invalidParameter("MinimumPollers must be less than or equal to MaximumPollers")
    }
    return least...most
  }

  private func patterns(_ criteria: JSONObject) throws(InvokeAPIError) -> [String] {
    var patterns: [String] = []
    for (index, filter) in (try criteria.member("Filters", \.arrayValue) ?? []).enumerated() {
      guard let pattern = filter["Pattern"]?.stringValue else {
        throw .invalidParameter("Invalid filter pattern definition.")
      }
      guard pattern.count <= FilterCriteria.maximumPatternLength else {
        throw .validation(
          "Value at 'filterCriteria.filters.\(index + 1).member.pattern' failed to satisfy constraint: "
            + "Member must have length less than or equal to \(FilterCriteria.maximumPatternLength)")
      }
      patterns.append(pattern)
    }
    return patterns
  }

  private func refuseOtherSources() throws(InvokeAPIError) {
    if let position = members["StartingPosition"]?.stringValue {
      guard ["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"].contains(position) else {
        throw .validation(
          "Value '\(position)' at 'startingPosition' failed to satisfy constraint: "
            + "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]")
      }
      throw .invalidParameter("StartingPosition is not valid for SQS event sources.")
    }
    let others = [
      "DestinationConfig", "ParallelizationFactor", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError",
      "MaximumRetryAttempts", "TumblingWindowInSeconds", "Topics", "Queues", "SourceAccessConfigurations",
      "SelfManagedEventSource", "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig",
      "DocumentDBEventSourceConfig",
    ]
    for name in others where members[name].map({ $0 != .null }) ?? false {
      throw .invalidParameter("Unsupported \(name) parameter for given event source mapping type.")
    }
  }
}
