import JSON

/// Where a queue's messages go that were received too often.
struct RedrivePolicy: Sendable, Hashable {
  let deadLetterQueue: QueueAddress
  /// How often a message is received before it goes there.
  let maxReceiveCount: Int

  init(parsing text: String) throws(SQSError) {
    func invalid(_ reason: String) -> SQSError {
      SQSError(
        .invalidParameterValue, "Value \(text) for parameter RedrivePolicy is invalid. Reason: \(reason)")
    }
    guard let policy = try? JSONValue(parsing: text), case .object(let members) = policy else {
      throw invalid("Redrive policy is not a valid JSON map.")
    }
    guard let target = members["deadLetterTargetArn"]?.stringValue else {
      throw invalid("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.")
    }
    guard let count = members["maxReceiveCount"] else {
      throw invalid("Redrive policy does not contain mandatory attribute: maxReceiveCount.")
    }
    let number = count.int64Value.map { Int($0) } ?? count.stringValue.flatMap { Int($0) }
    guard let number, SQSLimits.receiveCount.contains(number) else {
      throw invalid(
        "Invalid value for maxReceiveCount: \(count.stringValue ?? count.serialized), "
          + "valid values are from 1 to 1000 both inclusive.")
    }
    guard let address = QueueAddress(arn: target) else {
      throw invalid("Dead letter target ARN is not valid: \(target).")
    }
    deadLetterQueue = address
    maxReceiveCount = number
  }

  /// The policy as it was written, but for a count in quotes: AWS takes it, and gives back a number. Terraform waits
  /// for that.
  static func withCountAsNumber(_ text: String) -> String {
    guard case .object(var members)? = try? JSONValue(parsing: text),
      let number = members["maxReceiveCount"]?.stringValue.flatMap({ Int64($0) })
    else { return text }
    members["maxReceiveCount"] = .integer(number)
    return JSONValue.object(members).serialized
  }
}
