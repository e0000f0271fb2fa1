import ArgumentParser
import JSON
import LocalLambda

/// `demo`: sample conversations become memories, from the first HTTP request to the last answer, in throw-away state.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Turn sample conversations into memories, end to end, and show them.",
    discussion: """
      Everything is started on free ports with throw-away state, and stopped at the end. The environment may name a \
      model (LLM_BASE_URL, LLM_MODEL); databases and queues that it names are not used.
      """)

  @OptionGroup var stack: StackOptions
  @Option(help: ArgumentHelp("Conversations: one JSON object a line.", valueName: "file"))
  var samples = "samples/conversations.jsonl"
  @Option(help: "Give up when no memory has come for so many seconds.") var patience = 120
  @Flag(help: "Print the memories as JSON, one a line, on standard output.") var json = false
  @Flag(help: "Show what the functions log.") var logs = false

  func run() async throws {
    let conversations = try SampleConversation.read(samples)
    var configuration = try stack.configuration()
    configuration.leaveKeptPartsAlone()
    // A conversation of the samples rests for ever; nobody wants to wait two hours to see that.
    if (configuration.environment["INACTIVITY_THRESHOLD"] ?? "").isEmpty {
      configuration.environment["INACTIVITY_THRESHOLD"] = "0"
    }
    let final = configuration
    let report = StackReport(showsLogs: logs)
    let starts = StartWatch()
    let (patience, json) = (patience, json)
    Console.note(Console.styled("Starting the stack of \(final.template.path)", .bold))
    let wasStopped = try await Signals.cancelling({ Console.note("\nStopping.") }) {
      try await starts.run(final, report: report) { stack in
        guard let url = stack.gatewayURL else {
          throw Failure(
            .configuration, "\(final.template.path) has no HttpApi event: there is nothing to load samples into.")
        }
        let loader = SampleLoader(
          api: try OneShotClient(url: url), apiKey: final.environment["BACKEND_API_KEY"] ?? "")
        let rows = try await DemoRun(
          loader: loader, conversations: conversations, patience: .seconds(patience), starts: starts
        ).run()
        DemoTable.show(rows, model: stack.modelURL == nil ? nil : LanguageModelStandIn.model)
        if json { for row in rows { if let memory = row.memory { try Console.output(memory.serialized) } } }
        let missing = rows.filter { $0.memory == nil }
        guard missing.isEmpty else {
          throw Failure(
            .failed,
            "\(missing.count) of \(rows.count) memories are missing: "
              + "\(missing.map(\.name).joined(separator: ", ")). Run again with --logs to see why.")
        }
      }
    }
    if wasStopped { throw Failure(.failed, "it was stopped before the end.") }
  }
}
