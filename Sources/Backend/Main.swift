import HTTPClient
import LambdaRuntime
import Postgres
import SQSClient

/// The program: a Lambda function, and the verbs that look after its database.
@main
enum Main {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    if let command = Command(arguments) { command.runAndExit() }
    // Some emulators hand the handler's name to the program: arguments mean nothing on Lambda.
    if LambdaEnvironment().runtimeAPI != nil { LambdaRuntime.run(initialize) }
    if let unknown = arguments.first { StandardStream.error.write("backend: unknown verb or option \"\(unknown)\"\n") }
    StandardStream.error.write(Command.usage)
    exitProcess(.wrongUsage)
  }

  /// Makes the handler. Nothing is connected to yet: a database that is down now may be up when a request comes.
  static func initialize(_ environment: LambdaEnvironment) async throws -> LambdaHandler {
    let settings = try Settings(environment)
    let database: PostgresPool
    do {
      database = try PostgresPool(
        url: settings.databaseURL, size: environment.maxConcurrency, statementTimeout: .seconds(25))
    } catch {
      throw LambdaConfigurationError(variable: "DATABASE_URL", problem: "cannot be used: \(error.message)")
    }
    let http = HTTPClient(configuration: HTTPClientConfiguration(userAgent: "backend"))
    let tasks = TaskQueue(
      sqs: SQSClient(configuration: settings.aws, http: http), url: settings.queueURL,
      maximumMessageBytes: settings.maximumMessageBytes)
    let application = Application(
      services: Services(database: database, tasks: tasks, inactivityThreshold: settings.inactivityThreshold),
      apiKey: settings.apiKey)
    return { event, context in try await application.handle(event, context) }
  }
}
