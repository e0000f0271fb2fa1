import JSON

struct StartMessageMoveTask: QueueAction {
  let source: QueueAddress
  let destination: QueueAddress?
  let rate: Int?

  init(_ input: ActionInput) throws(SQSError) {
    source = try input.queueARN("SourceArn")
    destination = try input.string("DestinationArn") == nil ? nil : input.queueARN("DestinationArn")
    rate = try input.integer(
      "MaxNumberOfMessagesPerSecond", in: SQSLimits.movedPerSecond, reason: "Must be between 1 and 500, if provided.")
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    Output(handle: MoveTaskHandle(try service.start(from: source, to: destination, rate: rate)))
  }

  struct Output: QueueActionOutput {
    let handle: MoveTaskHandle

    func write(to output: inout ActionOutput) { output.string("TaskHandle", handle.description) }
  }
}

struct ListMessageMoveTasks: QueueAction {
  let source: QueueAddress
  let limit: Int

  init(_ input: ActionInput) throws(SQSError) {
    source = try input.queueARN("SourceArn")
    limit =
      try input.integer(
        "MaxResults", in: SQSLimits.moveTasks, reason: "Must be between 1 and 10, if provided.") ?? 1
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    guard service.queues[source] != nil else {
      throw SQSError(
        .resourceNotFound, "The resource that you specified for the SourceArn parameter doesn't exist.")
    }
    return Output(tasks: (service.moveTasks[source] ?? []).suffix(limit).reversed())
  }

  struct Output: QueueActionOutput {
    /// The latest first.
    let tasks: [MoveTask]

    func write(to output: inout ActionOutput) {
      output.structures("Results", xml: "ListMessageMoveTasksResultEntry", count: tasks.count) { index, output in
        let task = tasks[index]
        if task.status == .running { output.string("TaskHandle", MoveTaskHandle(task).description) }
        output.string("Status", task.status.name)
        output.string("SourceArn", task.source.arn)
        output.string("DestinationArn", task.destination?.arn)
        output.integer("MaxNumberOfMessagesPerSecond", task.rate)
        output.integer("ApproximateNumberOfMessagesMoved", task.moved)
        output.integer("ApproximateNumberOfMessagesToMove", task.toMove)
        output.string("FailureReason", task.failure)
        output.integer("StartedTimestamp", Int(task.startedAt))
      }
    }
  }
}

struct CancelMessageMoveTask: QueueAction {
  let handle: MoveTaskHandle

  init(_ input: ActionInput) throws(SQSError) {
    guard let handle = MoveTaskHandle(try input.required("TaskHandle")) else {
      throw SQSError(.invalidParameterValue, "Value for parameter TaskHandle is invalid.")
    }
    self.handle = handle
  }

  func perform(in service: isolated QueueService) throws(SQSError) -> Output {
    // An id that is none of ours belongs to no task, but the queue is looked for first.
    let id = MessageID(handle.taskID) ?? MessageID(high: 0, low: 0)
    return Output(moved: try service.cancel(id, from: handle.source).moved)
  }

  struct Output: QueueActionOutput {
    let moved: Int

    func write(to output: inout ActionOutput) { output.integer("ApproximateNumberOfMessagesMoved", moved) }
  }
}

/// What callers know a task by: JSON in base64.
struct MoveTaskHandle: Sendable, Hashable, CustomStringConvertible {
  let taskID: String
  let source: QueueAddress

  init(_ task: MoveTask) {
    taskID = task.id.description
    source = task.source
  }

  init?(_ text: String) {
    guard let bytes = Base64.decode(text), let value = try? JSONValue(parsing: bytes),
      let id = value["taskId"]?.stringValue,
      let source = value["sourceArn"]?.stringValue.flatMap(QueueAddress.init(arn:))
    else { return nil }
    taskID = id
    self.source = source
  }

  var description: String {
    let value: JSONValue = ["taskId": .string(taskID), "sourceArn": .string(source.arn)]
    return Base64.encode(value.serializedBytes)
  }
}
