import LambdaRuntime

/// The Brain as a Lambda function: tasks of the queue come in, memories and replies go to the Backend.
@main struct Main {
  static func main() {
    // Some emulators hand the handler's name to the program: arguments mean nothing on Lambda.
    guard LambdaEnvironment().runtimeAPI != nil else {
      StandardStream.error.write(usage)
      exitProcess(.wrongUsage)
    }
    LambdaRuntime.run { environment in
      let dependencies = Dependencies(settings: try Settings(environment: { environment[$0] }))
      return { event, context in
        .buffered(try await handle(event, context, dependencies))
      }
    }
  }

  private static let usage = """
    usage: brain
    A Lambda function for SQS events; AWS_LAMBDA_RUNTIME_API says where its Runtime API is.

    """
}
