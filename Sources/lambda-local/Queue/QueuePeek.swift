import ArgumentParser
import JSON
import LocalLambda

/// `queue peek`: looks without taking.
struct QueuePeek: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peek", abstract: "Show messages without receiving them, oldest first, one JSON object a line.")

  @Argument(help: "The queue's name.") var queue: String
  @Option(help: "How many at most.") var limit = 20
  @OptionGroup var queues: SQSEndpoint

  func run() async throws {
    let answer = try await queues.inspect("GET", "/\(queue)/messages?limit=\(limit)")
    let messages = answer["messages"]?.arrayValue ?? []
    for message in messages { Console.output(message.serialized) }
    let total = answer["total"]?.int64Value ?? Int64(messages.count)
    if total > messages.count || total == 0 { Console.note("\(queue) holds \(total) messages.") }
  }
}
