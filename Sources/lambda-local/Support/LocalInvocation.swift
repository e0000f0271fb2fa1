import LocalLambda

/// An invocation in a stack that is there for nothing else.
struct LocalInvocation {
  var function: String
  var template: String
  /// Conversations to load first.
  var samples: String?

  /// Answer on standard output, log on standard error; fails when the function did.
  func run(_ payload: [UInt8]) async throws {
    let conversations = try samples.map(SampleConversation.read) ?? []
    var configuration = try StackOptions.configuration(template: template)
    configuration.leaveKeptPartsAlone()
    configuration.onlyFunction = function
    configuration.runsQueueEvents = false
    if !conversations.isEmpty, (configuration.environment["INACTIVITY_THRESHOLD"] ?? "").isEmpty {
      configuration.environment["INACTIVITY_THRESHOLD"] = "0"
    }
    guard let resource = configuration.template.function(function) else {
      throw Failure(
        .usage,
        "\(template) has no function \(function)"
          + Failure.suggestion(function, among: configuration.template.functions.map(\.name)))
    }
    let final = configuration
    let wasStopped = try await Signals.cancelling({ Console.note("\nStopping.") }) {
      try await Stack.run(final, report: Self.report) { stack in
        if !conversations.isEmpty {
          guard let url = stack.gatewayURL else {
            throw Failure(
              .usage, "--samples: \(resource.name) needs no HttpApi, so there is nothing to load them into.")
          }
          let loader = SampleLoader(
            api: try OneShotClient(url: url), apiKey: final.environment["BACKEND_API_KEY"] ?? "")
          _ = try await loader.load(conversations, progress: {})
        }
        let invocation = RemoteInvocation(
          endpoint: stack.lambdaURL, function: resource.name, wantsLog: false,
          adviceIfRefused: "The stack that was started for it has ended; its log is above.")
        try await invocation.run(payload)
      }
    }
    if wasStopped { throw Failure(.failed, "it was stopped before the answer.") }
  }

  /// The log only: that parts start and stop is of no interest here.
  private static func report(_ event: StackEvent) {
    switch event {
    case .function, .model, .warning: StackReport().show(event)
    case .starting, .started: break
    }
  }
}
