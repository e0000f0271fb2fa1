/// One of SQS's actions: a typed request, which either protocol can fill, and a typed answer, which either can write.
protocol QueueAction: Sendable {
  associatedtype Output: QueueActionOutput

  init(_ input: ActionInput) throws(SQSError)
  func perform(in service: isolated QueueService) throws(SQSError) -> Output

  /// Does what a request asks for, and writes the answer.
  ///
  /// All actions do it alike; but as a requirement it is compiled for each one's own types.
  static func answer(
    _ request: WireProtocol, by responder: WireResponder, in service: isolated QueueService
  ) throws(SQSError) -> WireResponse
}

extension QueueAction {
  static func answer(
    _ request: WireProtocol, by responder: WireResponder, in service: isolated QueueService
  ) throws(SQSError) -> WireResponse {
    responder.response(to: try Self(request.input).perform(in: service), of: request.action)
  }
}

protocol QueueActionOutput: Sendable {
  func write(to output: inout ActionOutput)
}

/// The answer of an action that has none.
struct EmptyOutput: QueueActionOutput {
  func write(to output: inout ActionOutput) {}
}

/// The actions by their names on the wire; `ReceiveMessage` is not among them, as it may wait.
enum QueueActions {
  static func action(_ name: String) -> (any QueueAction.Type)? { all[name] }

  private static let all: [String: any QueueAction.Type] = [
    "AddPermission": AddPermission.self,
    "CancelMessageMoveTask": CancelMessageMoveTask.self,
    "ChangeMessageVisibility": ChangeMessageVisibility.self,
    "ChangeMessageVisibilityBatch": ChangeMessageVisibilityBatch.self,
    "CreateQueue": CreateQueue.self,
    "DeleteMessage": DeleteMessage.self,
    "DeleteMessageBatch": DeleteMessageBatch.self,
    "DeleteQueue": DeleteQueue.self,
    "GetQueueAttributes": GetQueueAttributes.self,
    "GetQueueUrl": GetQueueUrl.self,
    "ListDeadLetterSourceQueues": ListDeadLetterSourceQueues.self,
    "ListMessageMoveTasks": ListMessageMoveTasks.self,
    "ListQueueTags": ListQueueTags.self,
    "ListQueues": ListQueues.self,
    "PurgeQueue": PurgeQueue.self,
    "RemovePermission": RemovePermission.self,
    "SendMessage": SendMessage.self,
    "SendMessageBatch": SendMessageBatch.self,
    "SetQueueAttributes": SetQueueAttributes.self,
    "StartMessageMoveTask": StartMessageMoveTask.self,
    "TagQueue": TagQueue.self,
    "UntagQueue": UntagQueue.self,
  ]

  /// All of SQS's actions.
  static let names = Set(all.keys).union(["ReceiveMessage"])
}
