import ArgumentParser
import JSON

/// `queue receive`: takes messages out, as a consumer does.
struct QueueReceive: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receive",
    abstract: "Receive messages, one JSON object a line. They come back unless --delete is given.",
    discussion: "Each line holds what SQS answers: MessageId, ReceiptHandle, Body, Attributes, MessageAttributes.")

  @Argument(help: "The queue's name.") var queue: String
  @Option(help: "How many at most, 1 to 10.") var max = 1
  @Option(help: "Seconds to wait for one, 0 to 20.") var wait = 0
  @Option(help: "Seconds until they come back; the queue's own if not given.") var visibility: Int?
  @Flag(help: "Delete what was received.") var delete = false
  @OptionGroup var queues: SQSEndpoint

  func run() async throws {
    var input: JSONObject = [
      "MaxNumberOfMessages": .integer(max), "WaitTimeSeconds": .integer(wait),
      "MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"],
    ]
    if let visibility { input["VisibilityTimeout"] = .integer(visibility) }
    let answer = try await queues.action(
      "ReceiveMessage", on: queue, input, timeout: .seconds(30 + Swift.min(Swift.max(wait, 0), 20)))
    let messages = answer["Messages"]?.arrayValue ?? []
    if messages.isEmpty { Console.note("\(queue) has no message to receive.") }
    for message in messages {
      try Console.output(message.serialized)
      if delete {
        let handle = message["ReceiptHandle"] ?? .null
        _ = try await queues.action("DeleteMessage", on: queue, ["ReceiptHandle": handle])
      }
    }
  }
}
