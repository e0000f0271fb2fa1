import JSON
import NIOCore
import NIOPosix

@testable import LocalLambda

/// A queue server on a free port, for the time of one test.
struct QueueServerFixture: Sendable {
  let service: QueueService
  let server: QueueServer
  let client: OneShotClient

  struct Answer {
    let status: Int
    let headers: OneShotClient.Response
    let body: [UInt8]

    var json: JSONValue? { try? JSONValue(parsing: body) }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  static func run<R>(
    storage: QueueService.Storage = .memory, isStrict: Bool = false, _ body: (QueueServerFixture) async throws -> R
  ) async throws -> R {
    let service = try await QueueService(
      eventLoop: MultiThreadedEventLoopGroup.singleton.any(), region: "eu-west-1", storage: storage, isStrict: isStrict)
    let server = try await QueueServer(service: service, port: 0)
    let fixture = QueueServerFixture(
      service: service, server: server, client: try OneShotClient(url: server.url))
    do {
      let result = try await body(fixture)
      await server.shutdown()
      await service.shutdown()
      return result
    } catch {
      await server.shutdown()
      await service.shutdown()
      throw error
    }
  }

  /// A call in the JSON protocol.
  func json(_ action: String, _ input: JSONValue, path: String = "/") async throws -> Answer {
    try await send(
      "POST", path,
      [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.\(action)")],
      input.serializedBytes)
  }

  /// A call in the query protocol.
  func query(_ parameters: String, path: String = "/") async throws -> Answer {
    try await send(
      "POST", path, [("content-type", "application/x-www-form-urlencoded")], Array(parameters.utf8))
  }

  func send(
    _ method: String, _ path: String, _ headers: [(String, String)] = [], _ body: [UInt8] = []
  ) async throws -> Answer {
    let response = try await client.send(method, path, headers: headers, body: body)
    return Answer(status: response.status, headers: response, body: response.body)
  }

  /// Makes a queue, and returns its URL.
  @discardableResult
  func create(_ name: String, _ attributes: JSONObject = [:]) async throws -> JSONValue {
    let answer = try await json("CreateQueue", ["QueueName": .string(name), "Attributes": .object(attributes)])
    return answer.json?["QueueUrl"] ?? .null
  }

  /// The messages of one receive.
  func receive(_ url: JSONValue, _ more: JSONObject = [:]) async throws -> [JSONValue] {
    var input: JSONObject = ["QueueUrl": url, "MaxNumberOfMessages": 10]
    for member in more.members { input[member.name] = member.value }
    return try await json("ReceiveMessage", .object(input)).json?["Messages"]?.arrayValue ?? []
  }
}
