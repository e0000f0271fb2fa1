import JSON
import LocalLambda
import Synchronization

/// Watches for a function that cannot start: whoever waits for what it does would wait in vain.
final class StartWatch: Sendable {
  private let seen = Mutex<Failure?>(nil)

  /// Runs a stack. When it fails, and a function could not start, then that is the reason.
  func run(
    _ configuration: StackConfiguration, report: StackReport, _ body: @escaping @Sendable (Stack) async throws -> Void
  ) async throws {
    do {
      try await Stack.run(
        configuration,
        report: { event in
          report.show(event)
          self.see(event)
        }, body)
    } catch {
      try check()
      throw error
    }
  }

  /// Fails once a function could not start.
  func check() throws(Failure) {
    if let failure = seen.withLock({ $0 }) { throw failure }
  }

  private func see(_ event: StackEvent) {
    guard case .function(let line) = event, let failure = Self.failure(in: line) else { return }
    seen.withLock { $0 = $0 ?? failure }
  }

  /// The last line of a function that has not been given an event: it says which variables are wrong.
  private static func failure(in line: FunctionLogLine) -> Failure? {
    guard line.source == .function, line.requestID == nil, let json = try? JSONValue(parsing: line.text),
      json["level"] == "FATAL", let reason = json["errorMessage"]?.stringValue
    else { return nil }
    return Failure(.configuration, "\(line.function) cannot start: \(reason). Correct the environment.")
  }
}
