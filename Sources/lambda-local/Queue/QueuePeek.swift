import ArgumentParser
import JSON
import LocalLambda

/// `queue peek`: looks without taking.
struct QueuePeek: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peek", abstract: "Show messages without receiving them, oldest first.",
    discussion: """
      For each one: why it waits (available, delayed, in flight, behind another one of its group) and until when, how \
      often it was received, and which invocation has it or had it last. A table on a terminal; elsewhere, and with \
      --json, one JSON object a line.
      """)

  @Argument(help: "The queue's name.") var queue: String
  @Option(help: "How many at most.") var limit = 20
  @Flag(help: "Print JSON, one object a line.") var json = false
  @OptionGroup var queues: SQSEndpoint

  func run() async throws {
    let answer = try await queues.messages(of: queue, limit: limit)
    if json || !Console.isOutputTerminal {
      for message in answer.messages { try Console.output(message.serialized) }
    } else if !answer.messages.isEmpty {
      try QueueView.table(messages: answer.messages, now: answer.now).show()
    }
    if answer.total > answer.messages.count || answer.total == 0 {
      Console.note("\(queue) holds \(answer.total) messages.")
    }
  }
}
