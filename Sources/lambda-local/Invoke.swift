import ArgumentParser
import JSON
import LocalLambda

/// `invoke`: one event for one function.
struct Invoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invoke",
    abstract: "Invoke one function with one event; prints its answer.",
    discussion: """
      Without --endpoint nothing has to be running: what the function needs is started for this one call, with state \
      that is thrown away afterwards. Databases and queues that the environment names are not used.

      Example: lambda-local invoke brain --event events/brain/batch.json --samples samples/conversations.jsonl
      """)

  enum Log: String, ExpressibleByArgument, CaseIterable { case tail, none }

  @Argument(help: "The function's name, as in the template.") var function: String
  @Option(help: ArgumentHelp("The event, a JSON file; - is standard input. {} if not given.", valueName: "file"))
  var event: String?
  @Option(help: ArgumentHelp("A running Lambda API, such as http://127.0.0.1:9001.", valueName: "url"))
  var endpoint: String?
  @Option(help: "With --endpoint: tail prints the end of the function's log.") var log: Log = .none
  @Option(
    help: ArgumentHelp("Conversations to load first, so that the event has something to work on.", valueName: "file"))
  var samples: String?
  @Option(help: "The template.") var template = "template.yaml"

  func run() async throws {
    let payload = try readEvent()
    if let endpoint {
      guard samples == nil else { throw Failure(.usage, "--samples is for a throw-away stack, not for \(endpoint).") }
      let remote = RemoteInvocation(
        endpoint: endpoint, function: function, wantsLog: log == .tail,
        adviceIfRefused: "Start it with `lambda-local up`, or leave --endpoint out.")
      return try await remote.run(payload)
    }
    try await LocalInvocation(function: function, template: template, samples: samples).run(payload)
  }

  private func readEvent() throws -> [UInt8] {
    guard let event else { return Array("{}".utf8) }
    let bytes = try InputFile.read(event)
    do {
      _ = try JSONValue(parsing: bytes)
    } catch {
      throw Failure(
        .usage,
        "\(event == "-" ? "standard input" : event):\(error.line):\(error.column): this is not JSON: \(error.reason)")
    }
    return bytes
  }
}
