import ArgumentParser
import JSON
import LocalLambda

/// `--endpoint`, and how a verb talks to the queues behind it.
struct SQSEndpoint: ParsableArguments {
  @Option(help: ArgumentHelp("Where the queues are.", valueName: "url"))
  var endpoint = "http://127.0.0.1:9324"

  /// An SQS action over the JSON protocol.
  func action(_ name: String, _ input: JSONValue, timeout: Duration = .seconds(30)) async throws -> JSONValue {
    try await exchange(
      "POST", "/",
      headers: [
        ("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.\(name)"),
      ], body: input.serializedBytes, timeout: timeout)
  }

  /// What `lambda-local`'s queue server tells beyond SQS.
  func inspect(_ method: String, _ path: String, body: JSONValue? = nil) async throws -> JSONValue {
    try await exchange(
      method, "/_lambda-local/queues\(path)", headers: [("content-type", "application/json")],
      body: body?.serializedBytes ?? [], timeout: .seconds(30))
  }

  private func exchange(
    _ method: String, _ path: String, headers: [(String, String)], body: [UInt8], timeout: Duration
  ) async throws -> JSONValue {
    let response: LoopbackClient.Response
    do {
      response = try await LoopbackClient(url: endpoint).send(
        method, path, headers: headers, body: body, timeout: timeout)
    } catch {
      throw Failure(
        error,
        advice: "Start the queues with `lambda-local up` or `lambda-local queue serve`, or name them with --endpoint.")
    }
    let json = response.body.isEmpty ? [:] : try? JSONValue(parsing: response.body)
    guard (200..<300).contains(response.status), let json else {
      let message = json?["message"]?.stringValue ?? json?["Message"]?.stringValue
      throw Failure(
        .failed, message ?? "\(endpoint) answered \(response.status), which is no answer of a queue server.")
    }
    return json
  }
}
