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
  @Flag(
    help: ArgumentHelp(
      "Be as strict as AWS: 60 seconds between purges, and before a deleted queue's name is free; only signed requests."
    ))
  var strict = false
  @Option(help: "The region of callers who do not say theirs; its queues' URLs have none.") var region = "us-east-1"
  @Option(help: "The account of callers whose access key is none, 12 digits.") var account = "000000000000"
  @Option(help: ArgumentHelp("A queue to make, if it is not there; may be given again.", valueName: "name"))
  var queue: [String] = []

  func validate() throws {
    try Self.check(port: port, of: "--port")
    guard account.utf8.count == 12, account.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw ValidationError("--account \(account) is not 12 digits.")
    }
    guard !region.isEmpty,
      region.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
    else { throw ValidationError("--region \(region) is no region such as eu-west-1.") }
    if memory, data != nil { throw ValidationError("--data and --memory exclude each other.") }
  }

  func run() async throws {
    let (host, port, data, strict, queue) = (host, port, data, strict, queue)
    let identity = AccountIdentity(region: region, accountID: account)
    _ = try await Signals.cancelling({ Console.note("Stopping.") }) {
      try await LocalQueues.run(
        host: host, port: port, directory: data, strict: strict, declaring: queue.map { QueueConfiguration(name: $0) },
        account: identity
      ) { queues in
        try Console.output(queues.url)
        Console.note("SQS is served at \(queues.url). Ctrl-C stops it.")
        Console.note(Console.styled("  aws sqs list-queues --endpoint-url \(queues.url)", .dim))
        try await Signals.wait()
      }
    }
  }
}
