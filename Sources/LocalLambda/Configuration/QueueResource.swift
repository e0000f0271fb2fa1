/// An `AWS::SQS::Queue` of a template.
public struct QueueResource: Sendable {
  /// Where messages go that failed too often.
  public struct Redrive: Hashable, Sendable {
    /// The dead-letter queue's logical id.
    public var deadLetterQueue: String
    /// How often a message is received before it goes there.
    public var maxReceiveCount: Int
  }

  /// Its name in the template.
  public var logicalID: String
  /// `QueueName`, or the logical id (with `.fifo` for a FIFO queue).
  public var name: String
  /// SQS attributes as SQS names them, but for the redrive policy.
  public var attributes: [String: String]
  /// Its dead-letter queue, if it has one.
  public var redrive: Redrive?
  /// The line it starts on.
  public var line: Int

  /// Whether order is kept.
  public var isFIFO: Bool { attributes["FifoQueue"] == "true" }
  /// In seconds.
  public var visibilityTimeout: Int { attributes["VisibilityTimeout"].flatMap { Int($0) } ?? 30 }
}

extension QueueResource {
  init(_ logicalID: String, _ resource: ResourceNode, context: TemplateContext) throws(TemplateError) {
    self.logicalID = logicalID
    line = resource.line
    var properties = try PropertyReader(
      resource.properties, path: logicalID, line: resource.line, context: context)
    var attributes: [String: String] = [:]
    let numbers: [(String, ClosedRange<Int>)] = [
      ("DelaySeconds", 0...900), ("MaximumMessageSize", 1024...1_048_576),
      ("MessageRetentionPeriod", 60...1_209_600), ("ReceiveMessageWaitTimeSeconds", 0...20),
      ("VisibilityTimeout", 0...43_200),
    ]
    for (name, range) in numbers {
      attributes[name] = try properties.integer(name, in: range).map { String($0) }
    }
    let isFIFO = try properties.boolean("FifoQueue") ?? false
    if isFIFO { attributes["FifoQueue"] = "true" }
    for name in ["ContentBasedDeduplication"] {
      if let value = try properties.boolean(name) { attributes[name] = value ? "true" : "false" }
    }
    for name in ["DeduplicationScope", "FifoThroughputLimit"] { attributes[name] = try properties.string(name) }
    self.attributes = attributes

    let given = try properties.string("QueueName")
    if let given, given.hasSuffix(".fifo") != isFIFO {
      throw context.error(
        line,
        isFIFO ? "\(logicalID) is a FIFO queue called \(given)" : "\(logicalID) is called \(given) and is not FIFO",
        isFIFO ? "End its QueueName in .fifo" : "Set FifoQueue: true, or choose a name without .fifo")
    }
    name = given ?? (isFIFO ? "\(logicalID).fifo" : logicalID)
    redrive = try Self.redrive(&properties, logicalID, context)

    properties.ignore(
      "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled", "Tags", "RedriveAllowPolicy")
    try properties.finish()
  }

  private static func redrive(_ properties: inout PropertyReader, _ logicalID: String, _ context: TemplateContext)
    throws(TemplateError) -> Redrive?
  {
    guard var policy = try properties.nested("RedrivePolicy") else { return nil }
    let target = try policy.text("deadLetterTargetArn")
    let count = try policy.integer("maxReceiveCount", in: 1...1000)
    try policy.finish()
    guard let queue = target?.arnTarget else {
      throw context.error(
        policy.line, "\(logicalID).RedrivePolicy.deadLetterTargetArn is not a queue of this template",
        "Write !GetAtt MyDeadLetterQueue.Arn, and declare the queue")
    }
    guard let count else {
      throw context.error(policy.line, "\(logicalID).RedrivePolicy has no maxReceiveCount", "Add one, for example 5")
    }
    return Redrive(deadLetterQueue: queue, maxReceiveCount: count)
  }
}
