import ArgumentParser
import LocalLambda

/// `up`: the whole stack of a template, until Ctrl-C.
struct Up: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Serve the whole stack of a template, until Ctrl-C.",
    discussion: """
      What the environment names is used instead of what would be started: DATABASE_URL, SQS_QUEUE_URL, LLM_BASE_URL, …
      """)

  @OptionGroup var stack: StackOptions
  @OptionGroup var functions: FunctionOptions
  @Option(help: "The port of Lambda's APIs; 0 takes any free one, here and below.") var port = 9001
  @Option(help: "The port of the first HTTP API; further ones have the ports behind it.") var httpPort = 8080
  @Option(help: "The port of the first function URL; further ones have the ports behind it.") var functionUrlPort = 8090
  @Option(help: "The port of the queues.") var sqsPort = 9324
  @Option(help: ArgumentHelp("Keep databases and queues in this folder.", valueName: "dir")) var state = ".local"
  @Flag(help: "Keep nothing: databases and queues are removed at the end.") var ephemeral = false

  func validate() throws {
    try Self.check(port: port, of: "--port")
    try Self.check(port: httpPort, of: "--http-port")
    try Self.check(port: functionUrlPort, of: "--function-url-port")
    try Self.check(port: sqsPort, of: "--sqs-port")
  }

  func run() async throws {
    var configuration = try stack.configuration()
    configuration.environmentPolicy = functions.environments
    configuration.lambdaPort = port
    configuration.httpPort = httpPort
    configuration.functionURLPort = functionUrlPort
    configuration.sqsPort = sqsPort
    configuration.asynchronousInvocations = functions.events
    configuration.state = ephemeral ? .temporary : .directory(state)
    let final = configuration
    for warning in final.template.warnings { Console.warning(warning.description) }
    let report = StackReport()
    Console.note(Console.styled("Starting \(final.template.path)", .bold))
    _ = try await Signals.cancelling({ Console.note("\nStopping; once more stops at once.") }) {
      try await Stack.run(final, report: report.show) { stack in
        Self.introduce(stack)
        try await Signals.wait()
      }
    }
    Console.note("Stopped.")
  }

  /// Every address, and something to try.
  private static func introduce(_ stack: Stack) {
    Console.note("")
    for (api, url) in stack.gatewayURLs {
      let name = stack.gatewayURLs.count == 1 ? "" : "  (\(api))"
      Console.note("  \(Console.styled("HTTP   ", .bold)) \(url)\(name)")
      Console.note(Console.styled("          curl \(url)/health", .dim))
    }
    for (function, url) in stack.functionURLs {
      Console.note("  \(Console.styled("URL    ", .bold)) \(url)  (\(function))")
    }
    Console.note("  \(Console.styled("Lambda ", .bold)) \(stack.lambdaURL)")
    if let function = stack.functionNames.last {
      Console.note(
        Console.styled(
          "          aws lambda invoke --endpoint-url \(stack.lambdaURL) --function-name \(function) answer.json", .dim)
      )
    }
    if let url = stack.sqsURL {
      Console.note("  \(Console.styled("SQS    ", .bold)) \(url)")
      Console.note(Console.styled("          aws sqs list-queues --endpoint-url \(url)", .dim))
      Console.note(Console.styled("          lambda-local queue watch --endpoint \(url)", .dim))
    }
    if let url = stack.databaseURL { Console.note("  \(Console.styled("Database", .bold)) \(url)") }
    if let url = stack.modelURL {
      Console.note("  \(Console.styled("Model  ", .bold)) \(url)  (stand-in: rules, not a language model)")
    }
    if !stack.outputs.isEmpty { Console.note(Console.styled("\n  Outputs", .bold)) }
    for (name, value) in stack.outputs { Console.note("  \(name)  \(value)") }
    Console.note("\nCtrl-C stops it.")
  }
}
