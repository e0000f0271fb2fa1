import ArgumentParser
import LocalLambda

/// `queue serve`: SQS alone, for any SDK.
struct QueueServe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve SQS for any SDK, until Ctrl-C.",
    discussion: "Example: lambda-local queue serve --data .local/queues --queue tasks")

  @Option(help: "The address to listen on.") var host = "127.0.0.1"
  @Option(help: "The port; 0 takes any free one.") var port = 9324
  @Option(help: ArgumentHelp("Keep the queues in this folder.", valueName: "dir")) var data: String?
  @Flag(help: "Keep the queues in memory only. This is so unless --data is given.") var memory = false
  @Option(help: ArgumentHelp("A queue to make, if it is not there; may be given again.", valueName: "name"))
  var queue: [String] = []

  func validate() throws {
    if memory, data != nil { throw ValidationError("--data and --memory exclude each other.") }
  }

  func run() async throws {
    let (host, port, data, queue) = (host, port, data, queue)
    _ = try await Signals.cancelling({ Console.note("Stopping.") }) {
      try await LocalQueues.run(
        host: host, port: port, directory: data, declaring: queue.map { QueueConfiguration(name: $0) }
      ) { queues in
        Console.output(queues.url)
        Console.note("SQS is served at \(queues.url). Ctrl-C stops it.")
        Console.note(Console.styled("  aws sqs list-queues --endpoint-url \(queues.url)", .dim))
        try await Signals.wait()
      }
    }
  }
}
