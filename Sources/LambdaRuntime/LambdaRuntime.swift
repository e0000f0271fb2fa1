/// The loop of a custom runtime: takes events from Lambda's Runtime API and hands the answers back.
public enum LambdaRuntime {
  /// Runs the function until Lambda ends it.
  ///
  /// Call this from a synchronous `main`. `initialize` is given the environment and makes the handler; an error that it
  /// throws is reported as a failed initialisation. Both run on the main thread.
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
  /// A program that does more than one thing looks at ``LambdaEnvironment/runtimeAPI`` first.
  public static func run(
    _ initialize: @escaping @Sendable (LambdaEnvironment) async throws -> LambdaHandler
  ) -> Never {
    fatalError()
  }
}
