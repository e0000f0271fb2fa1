import JSON

/// Adds a statement to the queue's policy. Nobody is kept out by policies here: they are only kept, and shown.
struct AddPermission: QueueAction {
  let queue: QueueLocator
  let label: String
  let accountIDs: [String]
  let actions: [String]

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    label = try input.label()
    accountIDs = try input.strings("AWSAccountIds", query: "AWSAccountId")
    actions = try input.strings("Actions", query: "ActionName")
    guard !actions.isEmpty else { throw .missing("Actions") }
    guard actions.count <= SQSLimits.grantedActions else {
      throw SQSError(
        .overLimit, "\(actions.count) Actions were found, maximum allowed is \(SQSLimits.grantedActions).")
    }
    for action in actions where !Self.grantable.contains(action) {
      throw SQSError(
        .invalidParameterValue,
        "Value SQS:\(action) for parameter ActionName is invalid. "
          + (QueueActions.names.contains(action)
            ? "Reason: Only the queue owner is allowed to invoke this action."
            : "Reason: Please refer to the appropriate WSDL for a list of valid actions."))
    }
    guard !accountIDs.isEmpty, accountIDs.allSatisfy({ QueueScope.isAccountID($0.utf8) }) else {
      throw SQSError(
        .invalidParameterValue,
        "Value [\(accountIDs.joined(separator: ", "))] for parameter PrincipalId is invalid. Reason: Unable to verify.")
    }
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    let live = try service.queue(at: queue)
    var policy = QueuePolicy(of: live.queue)
    guard !policy.statements.contains(where: { $0["Sid"]?.stringValue == label }) else {
      throw SQSError(
        .invalidParameterValue, "Value \(label) for parameter Label is invalid. Reason: Already exists.")
    }
    policy.statements.append([
      "Sid": .string(label),
      "Effect": "Allow",
      "Principal": ["AWS": Self.oneOrMany(accountIDs.map { "arn:aws:iam::\($0):root" })],
      "Action": Self.oneOrMany(actions.map { "SQS:\($0)" }),
      "Resource": .string(live.queue.address.arn),
    ])
    try service.change(live, attributes: ["Policy": policy.text])
    return EmptyOutput()
  }

  private static func oneOrMany(_ texts: [String]) -> JSONValue {
    texts.count == 1 ? .string(texts[0]) : .array(texts.map { .string($0) })
  }

  /// What others than the owner can be allowed.
  private static let grantable: Set<String> = [
    "*", "SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes",
    "GetQueueUrl", "ListDeadLetterSourceQueues", "PurgeQueue",
  ]
}

struct RemovePermission: QueueAction {
  let queue: QueueLocator
  let label: String

  init(_ input: ActionInput) throws(SQSError) {
    queue = try input.queue()
    label = try input.label()
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> EmptyOutput {
    let live = try service.queue(at: queue)
    var policy = QueuePolicy(of: live.queue)
    guard let index = policy.statements.firstIndex(where: { $0["Sid"]?.stringValue == label }) else {
      throw SQSError(
        .invalidParameterValue, "Value \(label) for parameter Label is invalid. Reason: can't find label.")
    }
    policy.statements.remove(at: index)
    try service.change(live, attributes: ["Policy": policy.statements.isEmpty ? "" : policy.text])
    return EmptyOutput()
  }
}

/// The `Policy` attribute of a queue.
private struct QueuePolicy {
  private var members: JSONObject
  var statements: [JSONValue]

  init(of queue: Queue) {
    members =
      queue.attributes.policy
      ?? ["Version": "2008-10-17", "Id": .string("\(queue.address.arn)/SQSDefaultPolicy")]
    statements = members["Statement"]?.arrayValue ?? members["Statement"].map { [$0] } ?? []
  }

  var text: String {
    var members = members
    members["Statement"] = .array(statements)
    return JSONValue.object(members).serialized
  }
}

extension ActionInput {
  /// What a permission is known by.
  fileprivate func label() throws(SQSError) -> String {
    let label = try required("Label")
    guard SQSLimits.isPlainName(label[...]) else {
      throw SQSError(
        .invalidParameterValue,
        "Value \(label) for parameter Label is invalid. "
          + "Reason: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
    }
    return label
  }
}
