import ArgumentParser
import JSON

/// `queue redrive`: gives dead letters another chance.
struct QueueRedrive: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redrive",
    abstract: "Move messages of a dead-letter queue back to where they came from; prints how many.")

  @Argument(help: "The dead-letter queue's name.") var queue: String
  @Option(help: ArgumentHelp("Move them to this queue instead.", valueName: "queue")) var to: String?
  @Option(help: ArgumentHelp("How many a second at most, 1 to 500.", valueName: "number")) var rate: Int?
  @OptionGroup var queues: SQSEndpoint

  func run() async throws {
    let source = try await arn(of: queue)
    var input: JSONObject = ["SourceArn": source]
    if let to { input["DestinationArn"] = try await arn(of: to) }
    if let rate { input["MaxNumberOfMessagesPerSecond"] = .integer(rate) }
    _ = try await queues.action("StartMessageMoveTask", input)
    var task: JSONValue
    repeat {
      try await Task.sleep(for: .milliseconds(50))
      let tasks = try await queues.action("ListMessageMoveTasks", ["SourceArn": source])
      task = tasks["Results"]?.arrayValue?.first ?? .null
    } while task["Status"] == "RUNNING"
    try Console.output(String(task["ApproximateNumberOfMessagesMoved"]?.int64Value ?? 0))
    guard task["Status"] == "COMPLETED" else {
      let reason = task["FailureReason"]?.stringValue ?? task["Status"]?.stringValue ?? "the task is gone"
      throw Failure(.failed, "Not all messages were moved: \(reason).")
    }
  }

  private func arn(of queue: String) async throws -> JSONValue {
    let answer = try await queues.action("GetQueueAttributes", on: queue, ["AttributeNames": ["QueueArn"]])
    return answer["Attributes"]?["QueueArn"] ?? .null
  }
}
