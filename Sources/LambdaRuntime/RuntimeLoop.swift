import Logging

/// Takes one event after the other and hands the answers back.
///
/// One of these runs on the main thread; with more concurrency, further ones on threads of their own.
struct RuntimeLoop: Sendable {
  let api: RuntimeAPI
  let handler: LambdaHandler
  let termination: Termination
  /// Nil when several events are worked on at once: one variable cannot tell their traces apart.
  let traceVariable: TraceVariable?

  /// Runs until the Runtime API cannot be used any more, and tells why.
  func run() async -> RuntimeAPIError {
    while true {
      do throws(RuntimeAPIError) { try await turn() } catch { return error }
    }
  }

  private func turn() async throws(RuntimeAPIError) {
    let invocation = try api.next()
    termination.begin()
    defer { termination.end() }
    traceVariable?.set(invocation.context.traceID)

    let response: LambdaResponse
    do {
      response = try await handler(invocation.event, invocation.context)
    } catch {
      return try api.fail(invocation, with: report(error, of: invocation))
    }
    switch response {
    case .buffered(let body, let contentType):
      try api.respond(to: invocation, with: body, contentType: contentType)
    case .streaming(let contentType, let body):
      let stream = LambdaResponseStream(to: api, for: invocation, contentType: contentType)
      do {
        try await body(stream)
      } catch {
        return try stream.finish(report(error, of: invocation))
      }
      try stream.finish(nil)
    }
  }

  private func report(_ error: any Error, of invocation: Invocation) -> FailureReport {
    let report = FailureReport(error)
    invocation.context.logger.error(
      "the handler failed", metadata: ["errorType": "\(report.errorType)", "errorMessage": "\(report.errorMessage)"])
    return report
  }
}
