import AWSSignature
import JSON

/// An SQS elsewhere, over its JSON protocol: Amazon's own, or any other that speaks it.
struct RemoteSQS: Sendable {
  private let client: OneShotClient
  private let endpoint: AWSEndpoint
  private let signer: SigV4
  /// The region that requests are signed for.
  let region: String

  /// - Parameters:
  ///   - url: its base URL; nil is Amazon's own of the region.
  ///   - environment: where the credentials are. An emulator wants to see some, and takes any.
  /// - Throws: what is wrong with the URL or the environment.
  init(url: String?, region: String, environment: [String: String]) throws(EventSourceMappingError) {
    var environment = environment
    environment["AWS_REGION"] = region
    environment["AWS_ENDPOINT_URL_SQS"] = url
    if url != nil, !Self.isAmazons(url) {
      for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] where (environment[name] ?? "").isEmpty {
        environment[name] = "local"
      }
    }
    do throws(AWSConfigurationError) {
      let configuration = try AWSConfiguration { environment[$0] }
      endpoint = configuration.endpoint
      signer = SigV4(credentials: configuration.credentials, region: region, service: "sqs")
    } catch {
      throw EventSourceMappingError(message: "\(error)")
    }
    do throws(OneShotError) {
      client = try OneShotClient(url: endpoint.url)
    } catch {
      throw EventSourceMappingError(message: error.message)
    }
    self.region = region
  }

  /// The queue of an ARN.
  func queue(arn: String) async throws(EventSourceQueueError) -> RemoteQueue {
    let parts = arn.split(separator: ":").map(String.init)
    let input: JSONValue = [
      "QueueName": .string(parts.last ?? ""), "QueueOwnerAWSAccountId": .string(parts.dropLast().last ?? ""),
    ]
    let answer = try await call("GetQueueUrl", input)
    guard let url = answer["QueueUrl"]?.stringValue else {
      throw EventSourceQueueError(code: nil, message: "\(client.origin) gave no URL for \(arn).")
    }
    return RemoteQueue(url: url, arn: arn, sqs: self)
  }

  func call(
    _ action: String, _ input: JSONValue, timeout: Duration = .seconds(10)
  ) async throws(EventSourceQueueError) -> JSONValue {
    let body = input.serializedBytes
    let headers = signer.sign(
      method: "POST", host: endpoint.host, path: endpoint.path,
      headers: [("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonSQS.\(action)")], body: body,
      at: AWSDate(secondsSinceEpoch: WallClock.milliseconds() / 1_000))
    let response: OneShotClient.Response
    do throws(OneShotError) {
      response = try await client.send(
        "POST", endpoint.path == "/" ? "/" : "", headers: headers.map { ($0.name, $0.value) }, body: body,
        timeout: timeout)
    } catch {
      throw EventSourceQueueError(code: nil, message: error.message)
    }
    let answer = response.body.isEmpty ? [:] : try? JSONValue(parsing: response.body)
    if response.status == 200, let answer { return answer }
    // The code that SDKs show: the older one before the name of the error's shape.
    let shape = answer?["__type"]?.stringValue?.split(separator: "#").last.map(String.init)
    let code = response.header("x-amzn-query-error")?.split(separator: ";").first.map(String.init) ?? shape
    let message = answer?["message"]?.stringValue ?? answer?["Message"]?.stringValue
    throw EventSourceQueueError(
      code: response.status < 500 ? code : nil,
      message: message ?? "\(client.origin) answered \(action) with \(response.status), which is no answer of SQS.")
  }

  private static func isAmazons(_ url: String?) -> Bool {
    guard let host = url.flatMap(AWSEndpoint.init(url:))?.host else { return false }
    return host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn")
  }
}
