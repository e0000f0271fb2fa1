import ArgumentParser
import JSON

/// `queue redrive`: gives dead letters another chance.
struct QueueRedrive: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redrive",
    abstract: "Move messages of a dead-letter queue back to where they came from; prints how many.")

  @Argument(help: "The dead-letter queue's name.") var queue: String
  @Option(help: ArgumentHelp("Move them to this queue instead.", valueName: "queue")) var to: String?
  @Option(help: "How many at most.") var limit: Int?
  @OptionGroup var queues: SQSEndpoint

  func run() async throws {
    var body = JSONObject()
    if let to { body["destination"] = .string(to) }
    if let limit { body["limit"] = .integer(limit) }
    let answer = try await queues.inspect("POST", "/\(queue)/redrive", body: .object(body))
    Console.output(String(answer["moved"]?.int64Value ?? 0))
  }
}
