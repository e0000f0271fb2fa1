import ArgumentParser
import JSON

/// `queue send`: puts a message into a queue.
struct QueueSend: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "Send a message; prints its id.",
    discussion: "Example: lambda-local queue send memory-tasks '{\"conversation_id\":1,\"message_id\":7}'")

  @Argument(help: "The queue's name.") var queue: String
  @Argument(help: "The message's body, or - for standard input.") var body: String
  @Option(help: "Seconds before it can be received.") var delay: Int?
  @Option(help: "Message group, for FIFO queues.") var group: String?
  @Option(help: "Deduplication id, for FIFO queues.") var deduplicationID: String?
  @Option(help: ArgumentHelp("A text attribute; may be given again.", valueName: "name=value"))
  var attribute: [String] = []
  @OptionGroup var queues: SQSEndpoint

  func validate() throws {
    for pair in attribute where !pair.contains("=") {
      throw ValidationError("--attribute \(pair) is not NAME=VALUE.")
    }
  }

  func run() async throws {
    let text = try body == "-" ? Self.standardInput() : body
    var input: JSONObject = ["MessageBody": .string(text)]
    if let delay { input["DelaySeconds"] = .integer(delay) }
    if let group { input["MessageGroupId"] = .string(group) }
    if let deduplicationID { input["MessageDeduplicationId"] = .string(deduplicationID) }
    if !attribute.isEmpty {
      var attributes = JSONObject()
      for pair in attribute {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        attributes[String(parts[0])] = ["DataType": "String", "StringValue": .string(String(parts[1]))]
      }
      input["MessageAttributes"] = .object(attributes)
    }
    let answer = try await queues.action("SendMessage", on: queue, input)
    try Console.output(answer["MessageId"]?.stringValue ?? "")
  }

  private static func standardInput() throws(Failure) -> String {
    guard let text = String(validating: try InputFile.read("-"), as: UTF8.self) else {
      throw Failure(.usage, "standard input is not UTF-8, which a message's body has to be.")
    }
    return text
  }
}
