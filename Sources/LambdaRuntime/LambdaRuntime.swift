import Logging

#if canImport(Glibc)
  @preconcurrency import Glibc
#else
  import Darwin
#endif

/// The loop of a custom runtime: takes events from Lambda's Runtime API and hands the answers back.
public enum LambdaRuntime {
  /// Runs the function until Lambda ends it.
  ///
  /// Call this from a synchronous `main`. `initialize` is given the environment and makes the handler; an error that it
  /// throws is reported as a failed initialisation. Both run on the main thread, which therefore must not be needed by
  /// anything else: nothing that is isolated to `@MainActor` runs.
  /// With `AWS_LAMBDA_MAX_CONCURRENCY` above 1 that many events are worked on at once, each on a thread of its own.
  ///
  /// ```swift
  /// @main struct Echo {
  ///   static func main() {
  ///     LambdaRuntime.run { environment in
  ///       { event, context in .buffered(event) }
  ///     }
  ///   }
  /// }
  /// ```
  ///
  /// A program that can do something without Lambda looks at ``LambdaEnvironment/runtimeAPI`` first. The process ends
  /// with 0 on SIGTERM, 1 when the initialisation failed, 64 without a Runtime API, 69 when that is lost, and 78 when
  /// Lambda's own variables are malformed: see ``ExitCode``.
  public static func run(
    _ initialize: @escaping @Sendable (LambdaEnvironment) async throws -> LambdaHandler
  ) -> Never {
    let environment = LambdaEnvironment()
    guard let address = environment.runtimeAPI else {
      exitProcess(
        .wrongUsage, "AWS_LAMBDA_RUNTIME_API is not set: this program is a Lambda function, started by Lambda.")
    }
    let endpoint: Endpoint
    let concurrency: Int
    do throws(LambdaConfigurationError) {
      endpoint = try Endpoint(parsing: address)
      concurrency = try environment.checkedMaxConcurrency()
    } catch {
      exitProcess(.badConfiguration, error.description)
    }

    signal(SIGPIPE, SIG_IGN)
    setvbuf(stdout, nil, _IOLBF, 0)  // what is printed belongs to the event at hand, not to a later one
    let termination = Termination()
    termination.watch()

    runOnThisThread {
      let handler = await makeReady(environment, at: endpoint, initialize)
      let serve: @Sendable () async -> Never = {
        let loop = RuntimeLoop(
          api: RuntimeAPI(at: endpoint, logger: Logger(label: environment.functionName)), handler: handler,
          termination: termination, traceVariable: concurrency > 1 ? nil : TraceVariable())
        let error = await loop.run()
        loop.api.logger.critical("\(error)")
        exitProcess(.unavailable)
      }
      for _ in 1..<concurrency { startThreadOrExit { runOnThisThread(serve) } }
      await serve()
    }
  }

  /// Makes the handler, or reports why there is none and ends the process.
  private static func makeReady(
    _ environment: LambdaEnvironment, at endpoint: Endpoint,
    _ initialize: @Sendable (LambdaEnvironment) async throws -> LambdaHandler
  ) async -> LambdaHandler {
    do {
      try LambdaLog.bootstrap(environment)
      return try await initialize(environment)
    } catch {
      let report = FailureReport(error)
      let logger = Logger(label: environment.functionName)
      logger.critical(
        "the initialisation failed",
        metadata: ["errorType": "\(report.errorType)", "errorMessage": "\(report.errorMessage)"])
      do { try RuntimeAPI(at: endpoint, logger: logger).failInitialization(with: report) } catch {
        logger.critical("\(error)")
      }
      exitProcess(.failed)
    }
  }

  private static func runOnThisThread(_ body: @escaping @Sendable () async -> Never) -> Never {
    let executor = ThreadExecutor()
    Task(executorPreference: executor) { await body() }
    executor.run()
  }
}
