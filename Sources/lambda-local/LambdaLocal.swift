import ArgumentParser
import LocalLambda

/// `lambda-local`: AWS Lambda, its HTTP gateway and SQS on one machine.
@main
struct LambdaLocal: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lambda-local",
    abstract: "AWS Lambda on this machine: functions as processes, HTTP events, SQS.",
    discussion: """
      Machine-readable output goes to standard output, everything for people to standard error.
      Exit codes: 0 done; 1 the work failed; 64 wrong usage; 69 a needed service is not there; 78 bad configuration.
      """,
    subcommands: [Up.self, Run.self, Invoke.self, Demo.self, Queue.self])

  static func main() async {
    StartUp.shareHeap()
    ErrorOutput.finishAtExit()
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard !arguments.isEmpty else {
      Console.note(helpMessage())
      exit(withError: ExitCode(Failure.Code.usage.rawValue))
    }
    async let _ = StartUp.warmUp()
    do {
      var command = try parse(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      Console.error(failure.message)
      exit(withError: ExitCode(failure.code.rawValue))
    } catch {
      guard let failure = Failure(stackError: error) else { exit(withError: error) }
      Console.error(failure.message)
      exit(withError: ExitCode(failure.code.rawValue))
    }
  }

  /// The command that the arguments mean.
  ///
  /// Nearly all are one verb with what it takes. ArgumentParser reads that faster for the verb alone than among all
  /// verbs, which saves the first caller 4 % of what passes between launch and answer. Whatever else it is, help or a
  /// mistake, is for the whole program to tell.
  private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    if let verb = verb(arguments.first, of: Self.self), verb.configuration.subcommands.isEmpty,
      let command = try? verb.parse(Array(arguments.dropFirst()))
    {
      return command
    }
    do {
      return try parseAsRoot(arguments)
    } catch {
      try suggestVerb(for: arguments, of: Self.self)
      throw error
    }
  }

  /// A mistyped verb is named, with the one that was probably meant; ArgumentParser itself only suggests options.
  private static func suggestVerb(for arguments: [String], of command: any ParsableCommand.Type) throws {
    let verbs = command.configuration.subcommands
    guard let typed = arguments.first, !typed.hasPrefix("-"), typed != "help", !verbs.isEmpty else { return }
    if let verb = verb(typed, of: command) { return try suggestVerb(for: Array(arguments.dropFirst()), of: verb) }
    let known = verbs.compactMap { $0.configuration.commandName }
    throw Failure(.usage, "there is no verb \(typed)" + Failure.suggestion(typed, among: known))
  }

  private static func verb(_ name: String?, of command: any ParsableCommand.Type) -> (any ParsableCommand.Type)? {
    command.configuration.subcommands.first { $0.configuration.commandName == name }
  }
}
