import JSON
public import NIOCore
import NIOHTTP1

/// Lambda's API, for any AWS SDK and the AWS CLI: invoke functions, list them.
///
/// With a function to attach to, it also serves that function's Runtime API, for a runtime that somebody starts by hand:
/// in a debugger, say, with `AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001`.
public final class LambdaServer: Sendable {
  private let server: HTTPServer

  /// The port that is listened on.
  public var port: Int { server.port }

  /// Starts to listen.
  ///
  /// - Parameters:
  ///   - functions: the functions, which run on the same event loop.
  ///   - attached: the function that a runtime started by hand serves.
  public init(
    host: String = "127.0.0.1", port: Int, functions: [FunctionHost], attached: FunctionHost? = nil,
    eventLoop: any EventLoop
  ) async throws(ListenError) {
    let service = InvokeAPI(functions: functions, eventLoop: eventLoop)
    let limit = attached == nil ? InvokeRequest.Kind.requestResponse.maximumBytes : RuntimeAPICall.maximumStreamBytes
    let responder = CollectedRequests(maximumBodyBytes: limit) { request, exchange in
      if let attached, request.head.uri.hasPrefix(RuntimeAPICall.prefix) {
        attached.assumeIsolated { $0.answerRuntime(request, on: exchange, environment: nil) }
      } else {
        service.handle(request, exchange)
      }
    }
    server = try await HTTPServer.listen(host: host, port: port, eventLoop: eventLoop, responder: responder)
  }

  /// Stops listening.
  public func shutdown() async {
    await server.shutdown()
  }
}
