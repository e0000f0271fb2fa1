import HTTPClient
import JSON
import LocalLambda
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The project's own stack on free ports: real `backend` and `brain` processes, a real PostgreSQL, real queues and HTTP.
/// Only the model is the stand-in, held by the test, which tells it when to answer and what to get wrong.
struct TestStack: Sendable {
  let backend: BackendDriver
  let stack: Stack
  let model: LanguageModelStandIn
  let http: HTTPClient

  /// Runs a test against a new stack.
  ///
  /// - Parameters:
  ///   - database: another database than a new one on the tests' shared server.
  ///   - environment: more of the caller's environment, which the functions see.
  ///   - redelivery: after how many seconds what failed comes back; the Brain has as long for a batch.
  static func run(
    database: String? = nil, environment: [String: String] = [:], redelivery: Int = 120,
    _ body: @escaping @Sendable (TestStack) async throws -> Void
  ) async throws {
    let url: String
    if let database { url = database } else { url = try await TestDatabase.make().url }
    try await migrate(url)
    let model = try await LanguageModelStandIn.start()
    let http = HTTPClient()
    var configuration = StackConfiguration(
      template: try Template(path: try quickTemplate(redelivery)), environment: environment,
      programDirectory: BuiltProducts.folder)
    configuration.environment["DATABASE_URL"] = url
    configuration.environment["LLM_BASE_URL"] = model.baseURL
    configuration.environment["LLM_MODEL"] = "stand-in"
    configuration.environment["INACTIVITY_THRESHOLD"] = "0"
    do {
      try await Stack.run(configuration) { stack in
        try await body(
          TestStack(
            backend: BackendDriver(url: try #require(stack.gatewayURL), http: http), stack: stack, model: model,
            http: http))
      }
    } catch {
      await model.shutdown()
      http.shutdown()
      throw error
    }
    await model.shutdown()
    http.shutdown()
  }

  /// Puts a message on the queue between the two functions.
  func send(_ body: JSONValue) async throws {
    let request: JSONValue = ["QueueUrl": "memory-tasks", "MessageBody": .string(body.serialized)]
    let response = try await http.send(
      HTTPClientRequest(
        method: "POST", url: try #require(stack.sqsURL),
        headers: ["Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.SendMessage"],
        body: request.serializedBytes))
    try #require(response.status == 200, "\(response.text)")
  }

  /// The project's template, but for the times: what failed comes back after seconds and not after minutes.
  private static func quickTemplate(_ redelivery: Int) throws -> String {
    let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    let path = repository.appending("template.yaml")
    let file = try FileDescriptor.open(path, .readOnly)
    defer { try? file.close() }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
      .replacing("Timeout: 120", with: "Timeout: \(redelivery)")
      .replacing("VisibilityTimeout: 720", with: "VisibilityTimeout: \(redelivery)")
    let copy = "/tmp/template-\(UInt64.random(in: .min ... .max)).yaml"
    let output = try FileDescriptor.open(
      FilePath(copy), .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
    defer { try? output.close() }
    try output.writeAll(text.utf8)
    return copy
  }

  private static func migrate(_ url: String) async throws {
    let result = try await Subprocess.run(
      .path(FilePath(BuiltProducts.program("backend"))), arguments: ["migrate"],
      environment: .inherit.updating(["DATABASE_URL": url]), output: .discarded, error: .string(limit: 1 << 16))
    try #require(result.terminationStatus.isSuccess, "backend migrate: \(result.standardError)")
  }
}
