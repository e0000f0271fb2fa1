import JSON

/// A queue's settings: SQS's attributes, parsed once.
struct QueueAttributes: Sendable, Hashable {
  private(set) var visibilitySeconds = 30
  private(set) var delaySeconds = 0
  private(set) var maximumMessageSize = SQSLimits.messageBytes.upperBound
  private(set) var retentionSeconds = 345_600
  private(set) var receiveWaitSeconds = 0
  private(set) var isFIFO = false
  private(set) var contentBasedDeduplication = false
  /// Deduplication ids count within their message group, not in the whole queue.
  private(set) var deduplicatesByGroup = false
  private(set) var redrive: RedrivePolicy?
  private(set) var redriveAllowance = RedriveAllowPolicy.allowAll
  private(set) var policy: JSONObject?
  /// The values as they were set, by attribute name; an empty one is none.
  private(set) var text: [String: String] = [:]

  /// The names of attributes that can be set.
  static let names: Set<String> = [
    "VisibilityTimeout", "DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds", "RedrivePolicy", "RedriveAllowPolicy", "Policy", "FifoQueue",
    "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit", "SqsManagedSseEnabled",
    "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds",
  ]

  /// The settings of a new queue.
  init(_ values: [String: String] = [:]) throws(SQSError) {
    if let fifo = values["FifoQueue"] {
      guard fifo.lowercased() == "true" else { throw SQSError(.invalidAttributeName, "Unknown Attribute FifoQueue.") }
      isFIFO = true
      text["FifoQueue"] = "true"
    }
    var values = values
    values["FifoQueue"] = nil
    try set(values)
  }

  /// Changes settings: all of them, or none when one is refused.
  mutating func set(_ values: [String: String]) throws(SQSError) {
    var changed = self
    for (name, value) in values.sorted(by: { $0.key < $1.key }) { try changed.set(name, to: value) }
    guard changed.text["FifoThroughputLimit"] != "perMessageGroupId" || changed.deduplicatesByGroup else {
      throw SQSError(
        .invalidAttributeValue,
        "Invalid value for the parameter FifoThroughputLimit. Reason: The perMessageGroupId value is allowed only when "
          + "the value for DeduplicationScope is messageGroup.")
    }
    self = changed
  }

  /// Refuses a request that names two kinds of encryption. What is stored may name both, by an earlier version's hand:
  /// then SQS's own counts.
  static func refuseTwoEncryptions(_ values: [String: String]) throws(SQSError) {
    guard values["KmsMasterKeyId"] ?? "" == "" || values["SqsManagedSseEnabled"]?.lowercased() != "true" else {
      throw SQSError(
        .invalidAttributeName,
        "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.")
    }
  }

  private mutating func set(_ name: String, to value: String) throws(SQSError) {
    var kept = value
    switch name {
    case "VisibilityTimeout":
      visibilitySeconds = try Self.integer(value, in: SQSLimits.visibilitySeconds, name)
    case "DelaySeconds":
      delaySeconds = try Self.integer(value, in: SQSLimits.delaySeconds, name)
    case "MaximumMessageSize":
      maximumMessageSize = try Self.integer(value, in: SQSLimits.maximumMessageSizeAttribute, name)
    case "MessageRetentionPeriod":
      retentionSeconds = try Self.integer(value, in: SQSLimits.retentionSeconds, name)
    case "ReceiveMessageWaitTimeSeconds":
      receiveWaitSeconds = try Self.integer(value, in: SQSLimits.waitSeconds, name)
    case "RedrivePolicy":
      redrive = value.isEmpty ? nil : try RedrivePolicy(parsing: value)
      kept = RedrivePolicy.withCountAsNumber(value)
    case "FifoQueue":
      guard isFIFO else { throw SQSError(.invalidAttributeName, "Unknown Attribute FifoQueue.") }
      guard value.lowercased() == "true" else {
        throw SQSError(
          .invalidAttributeValue,
          "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.")
      }
      kept = "true"
    case "ContentBasedDeduplication":
      guard isFIFO else { throw SQSError(.invalidAttributeName, "Unknown Attribute \(name).") }
      contentBasedDeduplication = try Self.boolean(value, name)
    case "DeduplicationScope":
      deduplicatesByGroup = try oneOf(value, "queue", "messageGroup", name) == "messageGroup"
    case "FifoThroughputLimit":
      _ = try oneOf(value, "perQueue", "perMessageGroupId", name)
    case "SqsManagedSseEnabled":
      let isEnabled = try Self.boolean(value, name)
      if isEnabled { text["KmsMasterKeyId"] = nil }
      kept = String(isEnabled)
    case "KmsDataKeyReusePeriodSeconds":
      let seconds = try Self.integer(value, in: 60...86_400, name)
      kept = seconds == 300 ? "" : String(seconds)
    case "RedriveAllowPolicy":
      redriveAllowance = value.isEmpty ? .allowAll : try RedriveAllowPolicy(parsing: value)
    case "Policy":
      policy = (try? JSONValue(parsing: value))?.objectValue
      guard value.isEmpty || policy != nil else { throw Self.invalid(name) }
    case "KmsMasterKeyId":
      // One kind of encryption at a time; taking the key away does not bring back the other.
      if !value.isEmpty { text["SqsManagedSseEnabled"] = "false" }
    default:
      throw SQSError(.invalidAttributeName, "Unknown Attribute \(name).")
    }
    text[name] = kept.isEmpty ? nil : kept
  }

  /// The first of these attributes, by name, that means something else than what is set; nil when there is none.
  func firstDifference(from values: [String: String]) throws(SQSError) -> String? {
    var other = self
    let names = values.keys.sorted()
    for name in names { try other.set(name, to: values[name] ?? "") }
    return names.first { !isSame($0, in: other) }
  }

  /// Whether an attribute means the same in other settings, however it is written.
  private func isSame(_ name: String, in other: QueueAttributes) -> Bool {
    switch name {
    case "RedrivePolicy": redrive == other.redrive
    case "RedriveAllowPolicy": redriveAllowance == other.redriveAllowance
    case "Policy": policy == other.policy
    default: all[name] == other.all[name]
    }
  }

  /// Every setting by its name, defaults included.
  var all: [String: String] {
    var all = text
    all["VisibilityTimeout"] = String(visibilitySeconds)
    all["DelaySeconds"] = String(delaySeconds)
    all["MaximumMessageSize"] = String(maximumMessageSize)
    all["MessageRetentionPeriod"] = String(retentionSeconds)
    all["ReceiveMessageWaitTimeSeconds"] = String(receiveWaitSeconds)
    all["SqsManagedSseEnabled"] = text["SqsManagedSseEnabled"] ?? "true"
    if isFIFO {
      all["ContentBasedDeduplication"] = String(contentBasedDeduplication)
      all["DeduplicationScope"] = text["DeduplicationScope"] ?? "queue"
      all["FifoThroughputLimit"] = text["FifoThroughputLimit"] ?? "perQueue"
    }
    return all
  }

  private static func integer(_ text: String, in range: ClosedRange<Int>, _ name: String) throws(SQSError) -> Int {
    guard let value = Int(text), range.contains(value) else { throw invalid(name) }
    return value
  }

  private static func boolean(_ text: String, _ name: String) throws(SQSError) -> Bool {
    switch text.lowercased() {
    case "true": return true
    case "false": return false
    default: throw invalid(name)
    }
  }

  private func oneOf(_ text: String, _ first: String, _ second: String, _ name: String) throws(SQSError) -> String {
    guard isFIFO else {
      throw SQSError(.invalidAttributeName, "You can specify the \(name) only when FifoQueue is set to true.")
    }
    guard text == first || text == second else { throw Self.invalid(name) }
    return text
  }

  private static func invalid(_ name: String) -> SQSError {
    SQSError(.invalidAttributeValue, "Invalid value for the parameter \(name).")
  }
}
