import NIOCore
import NIOHTTP1

extension FunctionHost {
  /// The number that stands for the runtime that somebody started by hand; those of started ones are positive.
  private static let attached = 0

  /// Answers a call of a runtime that was started by hand. Its first `next` makes it an environment like the others,
  /// but for its process, which is not ours to end.
  func attachedRuntimeCall(_ request: ServerRequest, _ exchange: HTTPExchange) {
    if RuntimeAPICall(request.head.method, request.path) == .next, environments[Self.attached] == nil {
      environments[Self.attached] = ExecutionEnvironment(
        logStream: "attached", initialization: .init(started: .now()))
    }
    runtimeCall(request, exchange, environment: Self.attached)
  }
}
