import ArgumentParser
import JSON
import LocalLambda

/// `--endpoint`, and how a verb talks to the queues behind it.
struct SQSEndpoint: ParsableArguments {
  @Option(help: ArgumentHelp("Where the queues are.", valueName: "url"))
  var endpoint = "http://127.0.0.1:9324"

  /// An SQS action over the JSON protocol, perhaps on a queue.
  func action(
    _ name: String, on queue: String? = nil, _ input: JSONObject = [:], timeout: Duration = .seconds(30)
  ) async throws -> JSONValue {
    var input = input
    input["QueueUrl"] = queue.map(JSONValue.string)
    let response = try await send(
      "POST", "/",
      headers: [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.\(name)")],
      body: JSONValue.object(input).serializedBytes, timeout: timeout)
    if let queue, response.header("x-amzn-query-error")?.contains("NonExistentQueue") == true {
      throw await unknown(queue)
    }
    return try json(response)
  }

  /// A queue's oldest messages, as they are, and how many there are.
  func messages(of queue: String, limit: Int) async throws -> (messages: [JSONValue], total: Int64, now: Int64) {
    let answer = try await inspect("/\(queue)/messages?limit=\(limit)", of: queue)
    let messages = answer["messages"]?.arrayValue ?? []
    return (messages, answer["total"]?.int64Value ?? Int64(messages.count), answer["now"]?.int64Value ?? 0)
  }

  /// What `lambda-local`'s queue server tells beyond SQS.
  func inspect(_ path: String, of queue: String? = nil) async throws -> JSONValue {
    let response = try await send("GET", "/_lambda-local/queues\(path)", headers: [], body: [], timeout: .seconds(30))
    if let queue, response.status == 404 { throw await unknown(queue) }
    return try json(response)
  }

  /// There is no such queue; perhaps another one is meant.
  private func unknown(_ queue: String) async -> Failure {
    let known = try? await inspect("")
    let names = known?["queues"]?.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
    return Failure(.failed, "there is no queue \(queue)" + Failure.suggestion(queue, among: names))
  }

  private func send(
    _ method: String, _ path: String, headers: [(String, String)], body: [UInt8], timeout: Duration
  ) async throws -> OneShotClient.Response {
    do {
      return try await OneShotClient(url: endpoint).send(
        method, path, headers: headers, body: body, timeout: timeout)
    } catch {
      throw Failure(
        error,
        advice: "Start the queues with `lambda-local up` or `lambda-local queue serve`, or name them with --endpoint.")
    }
  }

  private func json(_ response: OneShotClient.Response) throws -> JSONValue {
    let json = response.body.isEmpty ? [:] : try? JSONValue(parsing: response.body)
    guard (200..<300).contains(response.status), let json else {
      let message = json?["message"]?.stringValue ?? json?["Message"]?.stringValue
      throw Failure(
        .failed, message ?? "\(endpoint) answered \(response.status), which is no answer of a queue server.")
    }
    return json
  }
}
