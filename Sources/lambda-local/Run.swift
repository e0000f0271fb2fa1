import ArgumentParser
import FoundationEssentials
import LocalLambda

/// `run`: any one custom-runtime program as a function.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Host one custom-runtime program of any language, until Ctrl-C.",
    discussion: """
      The program gets this environment, but for the variables that Lambda reserves. A runtime that was started by \
      hand, in a debugger for instance, attaches with AWS_LAMBDA_RUNTIME_API=HOST:PORT.

      Example: lambda-local run --http-port 8080 -- ./bootstrap
      """)

  @Option(help: "The address to listen on.") var host = "127.0.0.1"
  @Option(help: "The port of Runtime API and Invoke API; 0 takes any free one.") var port = 9001
  @Option(help: "Serve HTTP on this port, too, as API Gateway's HTTP API does.") var httpPort: Int?
  @Option(help: ArgumentHelp("What events of the HTTP API look like: 1.0 or 2.0.", valueName: "version"))
  var payloadFormat = "2.0"
  @Option(help: "Serve the function's own URL on this port, too.") var functionUrlPort: Int?
  @Flag(help: "The function URL sends answers as they come (RESPONSE_STREAM).") var stream = false
  @Option(help: "The function's name.") var name = "function"
  @Option(help: ArgumentHelp("The longest that one invocation may last.", valueName: "seconds")) var timeout = 30
  @Option(help: "The most execution environments at once.") var concurrency = 10
  @Option(help: ArgumentHelp("A variable for the function; may be given again.", valueName: "k=v")) var env: [String] =
    []
  @OptionGroup var functions: FunctionOptions
  @Argument(parsing: .postTerminator, help: "The program and its arguments, after --.") var command: [String] = []

  func validate() throws {
    try Self.check(port: port, of: "--port")
    try Self.check(port: httpPort, of: "--http-port")
    try Self.check(port: functionUrlPort, of: "--function-url-port")
    guard !command.isEmpty else {
      throw ValidationError("There is no program to run. Name it after --: lambda-local run -- ./bootstrap")
    }
    for pair in env where !pair.contains("=") || pair.hasPrefix("=") {
      throw ValidationError("--env \(pair) is not NAME=VALUE.")
    }
    guard PayloadFormat(rawValue: payloadFormat) != nil else {
      throw ValidationError("--payload-format is 1.0 or 2.0.")
    }
    guard (1...900).contains(timeout) else { throw ValidationError("--timeout is 1 to 900 seconds.") }
    guard (1...1000).contains(concurrency) else { throw ValidationError("--concurrency is 1 to 1000.") }
  }

  func run() async throws {
    var variables: [String: String] = [:]
    for pair in env {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      variables[String(parts[0])] = String(parts[1])
    }
    let environment = ProcessInfo.processInfo.environment
    var configuration = FunctionConfiguration(
      name: name, command: command, workingDirectory: FileManager.default.currentDirectoryPath, environment: variables,
      timeout: .seconds(timeout), maximumConcurrency: concurrency, handler: environment["_HANDLER"] ?? "bootstrap",
      identity: AccountIdentity(region: environment["AWS_REGION"] ?? "us-east-1"), inheritsEnvironment: true)
    configuration.policy = functions.environments
    var http = SingleFunction.HTTP()
    http.gatewayPort = httpPort
    http.format = PayloadFormat(rawValue: payloadFormat) ?? .version2
    http.functionURLPort = functionUrlPort
    http.functionURL.invokeMode = stream ? .responseStream : .buffered
    let (hosted, host, port, fronts, name, events) =
      (configuration, host, port, http, name, functions.events)
    _ = try await Signals.cancelling({ Console.note("\nStopping; once more stops at once.") }) {
      try await SingleFunction.run(
        hosted, host: host, port: port, http: fronts, asynchronousInvocations: events,
        report: StackReport().show
      ) { function in
        Console.note(
          "\(name) is served at \(function.lambdaURL): Invoke API, and Runtime API to attach to. Ctrl-C stops it.")
        Console.note(
          Console.styled(
            "  aws lambda invoke --endpoint-url \(function.lambdaURL) --function-name \(name) answer.json", .dim))
        if let url = function.gatewayURL {
          Console.note("HTTP is served at \(url).\n" + Console.styled("  curl \(url)/", .dim))
        }
        if let url = function.functionURL {
          Console.note("The function URL is \(url).\n" + Console.styled("  curl \(url)", .dim))
        }
        try await Signals.wait()
      }
    }
  }
}
