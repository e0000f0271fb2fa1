import ArgumentParser
import JSON

/// `queue purge`: empties a queue.
struct QueuePurge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge", abstract: "Delete all messages of a queue.")

  @Argument(help: "The queue's name.") var queue: String
  @OptionGroup var queues: SQSEndpoint

  func run() async throws {
    _ = try await queues.action("PurgeQueue", on: queue)
    Console.note("\(queue) is empty.")
  }
}
