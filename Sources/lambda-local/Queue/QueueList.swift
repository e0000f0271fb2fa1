import ArgumentParser
import JSON

/// `queue list`: one queue a line, with how much is in it.
struct QueueList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the queues: name, available, in flight, delayed, dead-letter queue.",
    discussion: "A table on a terminal; elsewhere the same columns, separated by tabs.")

  @OptionGroup var queues: SQSEndpoint
  @Flag(help: "Print JSON, with all there is to know.") var json = false

  func run() async throws {
    let answer = try await queues.inspect("")
    guard !json else { return try Console.output(answer.serialized) }
    let list = answer["queues"]?.arrayValue ?? []
    if list.isEmpty { Console.note("There are no queues at \(queues.endpoint).") }
    guard !Console.isOutputTerminal else { return list.isEmpty ? () : try QueueView.table(list).show() }
    for queue in list { try Console.output(QueueView.row(queue).joined(separator: "\t")) }
  }
}
