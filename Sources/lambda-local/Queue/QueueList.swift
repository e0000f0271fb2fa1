import ArgumentParser
import JSON

/// `queue list`: one queue a line, with how much is in it.
struct QueueList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the queues: name, available, in flight, delayed, dead-letter queue.")

  @OptionGroup var queues: SQSEndpoint
  @Flag(help: "Print JSON, with all there is to know.") var json = false

  func run() async throws {
    let answer = try await queues.inspect("GET", "")
    guard !json else { return Console.output(answer.serialized) }
    if Console.isTerminal { Console.note(Console.styled("name\tavailable\tin flight\tdelayed\tdead letters", .dim)) }
    for queue in answer["queues"]?.arrayValue ?? [] {
      let numbers = ["available", "in_flight", "delayed"].map { String(queue[$0]?.int64Value ?? 0) }
      let columns = [queue["name"]?.stringValue ?? ""] + numbers + [queue["dead_letter_queue"]?.stringValue ?? "-"]
      Console.output(columns.joined(separator: "\t"))
    }
  }
}
