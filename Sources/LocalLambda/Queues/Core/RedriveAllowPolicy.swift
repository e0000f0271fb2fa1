import JSON

/// Which queues may name a queue as their dead-letter queue.
enum RedriveAllowPolicy: Sendable, Hashable {
  case allowAll
  case denyAll
  case byQueue(Set<QueueAddress>)

  init(parsing text: String) throws(SQSError) {
    func invalid(_ reason: String) -> SQSError {
      SQSError(.invalidParameterValue, "Value \(text) for parameter RedriveAllowPolicy is invalid. Reason: \(reason)")
    }
    guard let policy = try? JSONValue(parsing: text), case .object(let members) = policy else {
      throw invalid("Redrive allow policy is not a valid JSON map.")
    }
    let sources = members["sourceQueueArns"]
    let permission = members["redrivePermission"]?.stringValue
    guard permission == "byQueue" || sources == nil else {
      throw invalid("sourceQueueArns can be specified only when redrivePermission is byQueue.")
    }
    switch permission {
    case "allowAll": self = .allowAll
    case "denyAll": self = .denyAll
    case "byQueue":
      guard let arns = sources?.arrayValue, SQSLimits.redriveSources.contains(arns.count) else {
        throw invalid("sourceQueueArns has to be a list of 1 to 10 queue ARNs.")
      }
      var queues: Set<QueueAddress> = []
      for arn in arns {
        guard let address = arn.stringValue.flatMap(QueueAddress.init(arn:)) else {
          throw invalid("sourceQueueArns has to be a list of 1 to 10 queue ARNs.")
        }
        queues.insert(address)
      }
      self = .byQueue(queues)
    default: throw invalid("redrivePermission has to be one of allowAll, denyAll, byQueue.")
    }
  }

  func allows(_ source: QueueAddress) -> Bool {
    switch self {
    case .allowAll: true
    case .denyAll: false
    case .byQueue(let queues): queues.contains(source)
    }
  }
}
