import JSON
import NIOCore
import TestSupport

@testable import LocalLambda

/// The echo function beside queues, with the API of event source mappings, for the time of one test.
struct MappingFixture: Sendable {
  let service: QueueService
  let mappings: EventSourceMappings
  private let lambda: OneShotClient

  static let account = AccountIdentity(region: "eu-west-1", accountID: "123456789012")
  static let queueARN = account.queueARN("q")

  static func run(
    visibilityTimeout: Int = 60, gracePeriod: Duration = .seconds(30), file: EventSourceMappingFile? = nil,
    _ body: (MappingFixture) async throws -> Void
  ) async throws {
    let queues = [
      QueueConfiguration(name: "q", attributes: ["VisibilityTimeout": String(visibilityTimeout)]),
      QueueConfiguration(name: "brief", attributes: ["VisibilityTimeout": "1"]),
      QueueConfiguration(name: "q.fifo", attributes: ["FifoQueue": "true"]),
    ]
    try await QueueService.run { service in
      for queue in queues { try await service.declare(queue) }
      let host = try FunctionHost(
        FunctionConfiguration(
          name: "echo", command: [BuiltProducts.program("echo-function")], workingDirectory: "/",
          timeout: .seconds(20), identity: account), eventLoop: service.eventLoop)
      let mappings = EventSourceMappings(
        functions: [host], eventLoop: service.eventLoop, gracePeriod: gracePeriod, file: file
      ) { arn in LocalQueue(QueueAddress(arn: arn)?.name ?? "", of: service) }
      let server = try await LambdaServer(
        host: "127.0.0.1", port: 0, functions: [host], mappings: mappings, eventLoop: service.eventLoop)
      let fixture = MappingFixture(
        service: service, mappings: mappings, lambda: try OneShotClient(url: "http://127.0.0.1:\(server.port)"))
      await mappings.restore()
      let outcome: Result<Void, any Error>
      do { outcome = .success(try await body(fixture)) } catch { outcome = .failure(error) }
      await mappings.shutdown()
      await server.shutdown()
      await host.shutdown()
      try outcome.get()
    }
  }

  /// A call of the API: `POST`, an empty path or `/UUID`, and the body.
  func call(
    _ method: String, _ path: String = "", _ body: JSONValue? = nil
  ) async throws -> OneShotClient.Response {
    try await lambda.send(
      method, "/2015-03-31/event-source-mappings\(path)", headers: [("content-type", "application/json")],
      body: body?.serializedBytes ?? [])
  }

  /// Makes a mapping of the queue and the function, and waits until it polls.
  func create(_ more: JSONObject = [:]) async throws -> String {
    var input: JSONObject = ["EventSourceArn": .string(Self.queueARN), "FunctionName": "echo"]
    for member in more { input[member.name] = member.value }
    let uuid = try await call("POST", "", .object(input)).json?["UUID"]?.stringValue ?? ""
    try await waitFor("Enabled", uuid)
    return uuid
  }

  /// Waits until a mapping is in a state.
  func waitFor(_ state: String, _ uuid: String) async throws {
    _ = try await eventually { try await call("GET", "/\(uuid)").json?["State"]?.stringValue == state }
  }
}
