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
    eventSourceARN = try Self.member("EventSourceArn", of: members, \.stringValue)
    functionName = try Self.member("FunctionName", of: members, \.stringValue)
    enabled = try Self.member("Enabled", of: members, \.boolValue)
    try refuseOtherSources()
  }

  /// The settings that were sent, put over others.
  func settings(
    over old: EventSourceMappingConfiguration = EventSourceMappingConfiguration()
  ) throws(InvokeAPIError) -> EventSourceMappingConfiguration {
    var settings = old
    if let size = try integer("BatchSize", in: members, range: EventSourceMappingConfiguration.batchSizes) {
      settings.batchSize = size
    }
    let window = "MaximumBatchingWindowInSeconds"
    if let seconds = try integer(window, in: members, range: EventSourceMappingConfiguration.batchingWindows) {
      settings.maximumBatchingWindow = seconds
    }
    if let types = try Self.member("FunctionResponseTypes", of: members, \.arrayValue) {
      for type in types where type != "ReportBatchItemFailures" {
        throw .validation(
          "Value '[\(type.stringValue ?? type.serialized)]' at 'functionResponseTypes' failed to satisfy constraint: "
            + "Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]")
      }
      settings.reportBatchItemFailures = !types.isEmpty
    }
    if let scaling = try Self.member("ScalingConfig", of: members, \.objectValue) {
      settings.maximumConcurrency = try integer(
        "MaximumConcurrency", in: scaling, range: EventSourceMappingConfiguration.concurrencies, at: "scalingConfig.")
    }
    if let pollers = try Self.member("ProvisionedPollerConfig", of: members, \.objectValue) {
      settings.provisionedPollers = try provisionedPollers(pollers)
    }
    if let criteria = try Self.member("FilterCriteria", of: members, \.objectValue) {
      settings.filterPatterns = try patterns(criteria)
    }
    return settings
  }

  /// None of it set: there are none.
  private func provisionedPollers(_ pollers: JSONObject) throws(InvokeAPIError) -> ClosedRange<Int>? {
    // The limits of the API; queues need two at least, which is checked with everything else.
    let place = "provisionedPollerConfig."
    let minimum = try integer("MinimumPollers", in: pollers, range: 1...200, at: place)
    let maximum = try integer("MaximumPollers", in: pollers, range: 1...10_000, at: place)
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
    for (index, filter) in (try Self.member("Filters", of: criteria, \.arrayValue) ?? []).enumerated() {
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

  private func integer(
    _ name: String, in object: JSONObject, range: ClosedRange<Int>, at place: String = ""
  ) throws(InvokeAPIError) -> Int? {
    guard let number = try Self.member(name, of: object, \.int64Value) else { return nil }
    guard range.contains(Int(number)) else {
      let bound =
        number < range.lowerBound
        ? "greater than or equal to \(range.lowerBound)" : "less than or equal to \(range.upperBound)"
      throw .validation(
        "Value '\(number)' at '\(place)\(name.prefix(1).lowercased())\(name.dropFirst())' failed to satisfy "
          + "constraint: Member must have value \(bound)")
    }
    return Int(number)
  }

  private static func member<Value>(
    _ name: String, of object: JSONObject, _ read: (JSONValue) -> Value?
  ) throws(InvokeAPIError) -> Value? {
    guard let value = object[name], value != .null else { return nil }
    guard let read = read(value) else { throw .serialization("\(name) is of the wrong type") }
    return read
  }
}
