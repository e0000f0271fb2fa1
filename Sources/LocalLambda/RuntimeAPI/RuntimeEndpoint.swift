import NIOHTTP1

/// The Runtime API of one execution environment: each has a port of its own, which tells them apart.
struct RuntimeEndpoint: HTTPResponder {
  let host: FunctionHost
  /// Nil: whatever runtime somebody attaches by hand.
  let environment: ExecutionEnvironment.ID?

  func bodyHandling(of head: HTTPRequestHead) -> BodyHandling {
    host.assumeIsolated { $0.bodyHandling(of: head, environment: environment) }
  }

  func respond(to request: ServerRequest, on exchange: HTTPExchange) {
    host.assumeIsolated { $0.answerRuntime(request, on: exchange, environment: environment) }
  }

  /// Whether a path is of an API that an environment's processes have.
  static func serves(_ uri: String) -> Bool {
    prefixes.contains { uri.hasPrefix($0) }
  }

  private static let prefixes = [
    "/2018-06-01/", "/2020-01-01/extension/", "/2022-07-01/telemetry", "/2020-08-15/logs", MetadataEndpoint.path,
  ]
}
