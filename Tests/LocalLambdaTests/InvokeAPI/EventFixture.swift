import JSON
import NIOCore
import NIOPosix
import TestSupport

@testable import LocalLambda

/// Two echo functions, `first` and `second`, behind the Lambda API, and queues that records may go to.
struct EventFixture: Sendable {
  let lambda: OneShotClient
  let port: Int
  let queues: QueueService

  static func run(
    retryWait: Duration = .milliseconds(10), log: @escaping FunctionLogSink = { _ in },
    first: (inout FunctionConfiguration) -> Void = { _ in }, second: (inout FunctionConfiguration) -> Void = { _ in },
    _ body: (EventFixture) async throws -> Void
  ) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.any()
    let queues = try await QueueService(eventLoop: loop)
    for name in ["records", "letters"] { _ = try await queues.declare(QueueConfiguration(name: name)) }
    let hosts = try [function("first", first), function("second", second)].map {
      try FunctionHost($0, eventLoop: loop, log: log)
    }
    let server = try await LambdaServer(
      port: 0, functions: hosts, queues: queues,
      asynchronousInvocations: AsynchronousInvocationPolicy(retryWait: retryWait), eventLoop: loop)
    let fixture = EventFixture(
      lambda: try OneShotClient(url: "http://127.0.0.1:\(server.port)"), port: server.port, queues: queues)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await body(fixture)) } catch { outcome = .failure(error) }
    await server.shutdown()
    for host in hosts { await host.shutdown() }
    await queues.shutdown()
    try outcome.get()
  }

  private static func function(_ name: String, _ change: (inout FunctionConfiguration) -> Void) -> FunctionConfiguration
  {
    var configuration = FunctionConfiguration(
      name: name, command: [BuiltProducts.program("echo-function")], workingDirectory: "/", timeout: .seconds(60))
    change(&configuration)
    return configuration
  }

  static let records = "arn:aws:sqs:us-east-1:000000000000:records"
  static let letters = "arn:aws:sqs:us-east-1:000000000000:letters"
  static let second = "arn:aws:lambda:us-east-1:000000000000:function:second"

  /// Calls without waiting; returns the call's id.
  func send(_ payload: String, headers: [(String, String)] = []) async throws -> String? {
    let response = try await lambda.send(
      "POST", "/2015-03-31/functions/first/invocations", headers: headers + [("X-Amz-Invocation-Type", "Event")],
      body: Array(payload.utf8))
    return response.status == 202 && response.body.isEmpty ? response.header("x-amzn-requestid") : nil
  }

  /// The next message of a queue, waited for.
  func next(_ queue: String) async throws -> Message {
    while true {
      if let delivery = try await queues.receive(from: queue, limit: 1, wait: .seconds(20)).first {
        return delivery.message
      }
    }
  }
}
