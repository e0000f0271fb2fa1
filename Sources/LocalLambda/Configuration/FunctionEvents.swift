/// An `HttpApi` event: a route to a function.
public struct HTTPRouteResource: Hashable, Sendable {
  /// The API's logical id; SAM's own `ServerlessHttpApi` when the event names none.
  public var api: String
  /// `GET`, `ANY`, …; nil with no path is `$default`.
  public var method: String?
  /// `/users/{id}`, `/{proxy+}`, …
  public var path: String?
  /// How events and answers look.
  public var format = PayloadFormat.version2
  /// How long API Gateway waits for an answer, in milliseconds; nil is its usual 30 seconds.
  public var timeout: Int?
  /// The line it starts on.
  public var line: Int

  /// As API Gateway writes it: `$default`, `GET /users/{id}`.
  public var routeKey: String {
    guard let path, path != "$default" else { return "$default" }
    return "\(method ?? "ANY") \(path)"
  }
}

/// An `SQS` event: a queue that a function works off.
public struct QueueEventResource: Hashable, Sendable {
  /// The queue's logical id, or the ARN of a queue that is none of the template's.
  public var queue: String
  /// The most records in one invocation.
  public var batchSize: Int
  /// In seconds.
  public var maximumBatchingWindow: Int
  /// Whether the function answers which records failed.
  public var reportBatchItemFailures: Bool
  /// The most invocations at once, if the template limits them.
  public var maximumConcurrency: Int?
  /// The fewest and the most pollers of its own, if the template provisions them.
  public var provisionedPollers: ClosedRange<Int>?
  /// The patterns of its `FilterCriteria`: messages that match none of them are deleted.
  public var filterPatterns: [String]
  /// A disabled event polls nothing.
  public var enabled: Bool
  /// The line it starts on.
  public var line: Int

  /// Whether the queue is none of the template's.
  public var isElsewhere: Bool { QueueAddress(arn: queue) != nil }
}

/// Reads a function's `Events`.
enum FunctionEvents {
  static func read(_ properties: inout PropertyReader, function: String, context: TemplateContext)
    throws(TemplateError) -> ([HTTPRouteResource], [QueueEventResource])
  {
    guard let events = try properties.nested("Events") else { return ([], []) }
    var routes: [HTTPRouteResource] = []
    var queues: [QueueEventResource] = []
    for member in events.remaining {
      let path = "\(function).Events.\(member.key)"
      var event = try PropertyReader(member.value, path: path, line: member.line, context: context)
      let type = try event.string("Type") ?? ""
      var details = try event.nested("Properties")
      try event.finish()
      switch type {
      case "HttpApi":
        routes.append(try route(&details, line: member.line))
      case "SQS":
        guard var details else {
          throw context.error(member.line, "\(path) names no queue", "Add Properties: Queue: !GetAtt MyQueue.Arn")
        }
        queues.append(try queue(&details, path: path, line: member.line, context: context))
      case "Schedule", "ScheduleV2":
        context.warn(member.line, "\(path) is ignored: schedules do not fire locally; invoke the function by hand")
      default:
        throw context.error(
          member.line, "\(path) is of type \(type.isEmpty ? "nothing" : type), which is not served locally",
          "Use HttpApi or SQS, or `lambda-local invoke \(function)` with an event of that kind")
      }
    }
    return (routes, queues)
  }

  private static func route(_ properties: inout PropertyReader?, line: Int) throws(TemplateError) -> HTTPRouteResource {
    guard var reader = properties else {
      return HTTPRouteResource(api: HTTPAPIResource.implicit, method: nil, path: nil, line: line)
    }
    let api = try reader.text("ApiId")
    if let api, api.resources.count != 1 || api.segments.count != 1 {
      throw reader.wrong("ApiId", api.line, "must be !Ref of an HttpApi of this template")
    }
    let path = try reader.string("Path")
    let method = try reader.string("Method")?.uppercased()
    if let path, path != "$default", !path.hasPrefix("/") {
      throw reader.wrong("Path", line, "must start with /")
    }
    var format = PayloadFormat.version2
    if let version = try reader.string("PayloadFormatVersion") {
      guard let known = PayloadFormat(rawValue: version) else {
        throw reader.wrong("PayloadFormatVersion", line, "is \(version); there are 1.0 and 2.0")
      }
      format = known
    }
    let timeout = try reader.integer("TimeoutInMillis", in: 50...30_000)
    reader.warn("Auth", "every caller is let in locally")
    reader.ignore("RouteSettings")
    try reader.finish()
    return HTTPRouteResource(
      api: api?.resources.first ?? HTTPAPIResource.implicit,
      method: method == "*" || method == "X-AMAZON-APIGATEWAY-ANY-METHOD" ? "ANY" : method,
      path: path, format: format, timeout: timeout, line: line)
  }

  private static func queue(
    _ reader: inout PropertyReader, path: String, line: Int, context: TemplateContext
  ) throws(TemplateError) -> QueueEventResource {
    guard let queue = try reader.text("Queue") else {
      throw context.error(line, "\(path) names no queue", "Add Queue: !GetAtt MyQueue.Arn")
    }
    let name = try queueName(queue, path: path, context: context)
    let batchSize = try reader.integer("BatchSize", in: 1...10_000) ?? 10
    let window = try reader.integer("MaximumBatchingWindowInSeconds", in: 0...300) ?? 0
    if batchSize > 10, window == 0 {
      throw context.error(
        line, "\(path) has a BatchSize of \(batchSize) and no batching window",
        "Set MaximumBatchingWindowInSeconds to 1 or more, or BatchSize to 10 or less")
    }
    let responseTypes = try reader.strings("FunctionResponseTypes") ?? []
    for type in responseTypes where type != "ReportBatchItemFailures" {
      throw reader.wrong("FunctionResponseTypes", line, "has \(type); there is only ReportBatchItemFailures")
    }
    var concurrency: Int?
    if var scaling = try reader.nested("ScalingConfig") {
      concurrency = try scaling.integer("MaximumConcurrency", in: 2...1000)
      try scaling.finish()
    }
    let enabled = try reader.boolean("Enabled") ?? true
    let patterns = try patterns(&reader, context: context)
    let pollers = try provisionedPollers(&reader, line: line)
    if concurrency != nil, pollers != nil {
      throw context.error(
        line, "\(path) has a ScalingConfig and a ProvisionedPollerConfig, which exclude each other", "Keep one of them")
    }
    reader.ignore("KmsKeyArn", "MetricsConfig", "Tags")
    try reader.finish()
    return QueueEventResource(
      queue: name, batchSize: batchSize, maximumBatchingWindow: window,
      reportBatchItemFailures: responseTypes.contains("ReportBatchItemFailures"), maximumConcurrency: concurrency,
      provisionedPollers: pollers, filterPatterns: patterns, enabled: enabled, line: line)
  }

  /// `ProvisionedPollerConfig: {MinimumPollers: …, MaximumPollers: …}`
  private static func provisionedPollers(
    _ reader: inout PropertyReader, line: Int
  ) throws(TemplateError) -> ClosedRange<Int>? {
    guard var pollers = try reader.nested("ProvisionedPollerConfig") else { return nil }
    let limits = EventSourceMappingConfiguration.self
    let minimum = try pollers.integer("MinimumPollers", in: limits.minimumPollers)
    let maximum = try pollers.integer("MaximumPollers", in: limits.maximumPollers)
    try pollers.finish()
    guard minimum != nil || maximum != nil else { return nil }
    let (least, most) = (minimum ?? limits.defaultPollers.lowerBound, maximum ?? limits.defaultPollers.upperBound)
    guard least <= most else {
      throw reader.wrong("ProvisionedPollerConfig", line, "has a minimum of \(least) over a maximum of \(most)")
    }
    return least...most
  }

  /// `!GetAtt MyQueue.Arn`, or an ARN as text.
  private static func queueName(
    _ queue: TemplateText, path: String, context: TemplateContext
  ) throws(TemplateError) -> String {
    guard let name = queue.arnTarget, queue.plain == nil || QueueAddress(arn: name) != nil else {
      throw context.error(
        queue.line, "\(path).Queue is neither a queue of this template nor the ARN of one",
        "Write !GetAtt MyQueue.Arn, and declare the queue")
    }
    return name
  }

  /// `FilterCriteria: {Filters: [{Pattern: '…'}]}`
  private static func patterns(
    _ reader: inout PropertyReader, context: TemplateContext
  ) throws(TemplateError) -> [String] {
    guard var criteria = try reader.nested("FilterCriteria") else { return [] }
    let filters = try criteria.value("Filters")
    try criteria.finish()
    guard let filters else { return [] }
    guard case .list(let items) = filters.content else {
      throw criteria.wrong("Filters", filters.line, "must be a list")
    }
    var patterns: [String] = []
    for item in items {
      guard case .map(let members) = item.content, members.count == 1, members[0].key == "Pattern",
        let pattern = members[0].value.text?.plain
      else { throw criteria.wrong("Filters", item.line, "has an entry that is not Pattern: and a text") }
      patterns.append(pattern)
    }
    do throws(EventPatternError) {
      _ = try FilterCriteria(patterns: patterns)
    } catch {
      throw criteria.wrong("Filters", filters.line, "has a pattern that Lambda refuses: \(error.reason)")
    }
    return patterns
  }
}
