public import AWSSignature
public import HTTPClient
import JSON

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Sends messages to Amazon SQS, or to anything that speaks its JSON protocol, and puts received ones off.
///
/// ```swift
/// let sqs = SQSClient(configuration: try AWSConfiguration(environment: lookup), http: client)
/// let messageID = try await sqs.sendMessage(queueURL: url, body: #"{"conversation_id":1,"message_id":7}"#)
/// ```
public struct SQSClient: Sendable {
  /// The longest that one attempt may take; what is left of the call's time can make it shorter.
  private static let attemptTimeout = Duration.seconds(10)
  /// How many attempts a call has in all.
  private static let attempts = 3

  private let http: HTTPClient
  private let endpoint: AWSEndpoint
  private let signer: SigV4
  private let now: @Sendable () -> Int64
  private let pause: @Sendable (Duration) async throws -> Void

  /// Makes a client over an HTTP client that may be shared.
  ///
  /// - Parameters:
  ///   - now: the wall clock in seconds since 1970, which signatures contain.
  ///   - pause: how to wait between two attempts.
  public init(
    configuration: AWSConfiguration, http: HTTPClient, now: @escaping @Sendable () -> Int64 = SQSClient.wallClock,
    pause: @escaping @Sendable (Duration) async throws -> Void = SQSClient.sleep
  ) {
    self.http = http
    endpoint = configuration.endpoint
    signer = SigV4(credentials: configuration.credentials, region: configuration.region, service: "sqs")
    self.now = now
    self.pause = pause
  }

  /// The system's wall clock, in seconds.
  @Sendable public static func wallClock() -> Int64 { Int64(time(nil)) }

  /// Sleeps as `Task.sleep` does.
  @Sendable public static func sleep(_ duration: Duration) async throws { try await Task.sleep(for: duration) }

  /// Sends one message and answers the id that SQS gave it.
  ///
  /// Throttling, 5xx answers and lost connections are tried again, up to three times in all and only as long as
  /// `timeout` lasts; so a message can arrive twice, as with any SQS client, unless `deduplicationID` says what is one.
  /// - Parameters:
  ///   - groupID: for FIFO queues, which want one.
  ///   - deduplicationID: for FIFO queues without deduplication by content.
  ///   - timeout: the longest that all attempts and the pauses between them may last.
  public func sendMessage(
    queueURL: String, body: String, delaySeconds: Int? = nil, groupID: String? = nil, deduplicationID: String? = nil,
    timeout: Duration = .seconds(20)
  ) async throws(SQSError) -> String {
    var input: JSONObject = ["QueueUrl": .string(queueURL), "MessageBody": .string(body)]
    input["DelaySeconds"] = delaySeconds.map(JSONValue.integer)
    input["MessageGroupId"] = groupID.map(JSONValue.string)
    input["MessageDeduplicationId"] = deduplicationID.map(JSONValue.string)
    let output = try await call("SendMessage", .object(input), timeout: timeout)

    guard let messageID = output["MessageId"]?.stringValue else {
      throw .badAnswer(reason: "the answer has no MessageId", status: 200)
    }
    let digest = Digest.md5(body.utf8).hexadecimal
    if let stored = output["MD5OfMessageBody"]?.stringValue, !digest.isEmpty, stored != digest {
      throw .corrupted(messageID: messageID)
    }
    return messageID
  }

  /// Hides a received message for so many seconds from now, instead of for what is left of its visibility time-out.
  public func changeMessageVisibility(
    queueURL: String, receiptHandle: String, seconds: Int, timeout: Duration = .seconds(20)
  ) async throws(SQSError) {
    _ = try await call(
      "ChangeMessageVisibility",
      [
        "QueueUrl": .string(queueURL), "ReceiptHandle": .string(receiptHandle), "VisibilityTimeout": .integer(seconds),
      ], timeout: timeout)
  }

  /// Calls an action until it succeeds, fails for good, or time or attempts run out.
  private func call(
    _ action: String, _ input: JSONValue, timeout: Duration
  ) async throws(SQSError) -> JSONValue {
    let deadline = ContinuousClock.now + timeout
    var attempt = 1
    while true {
      do {
        let left = ContinuousClock.now.duration(to: deadline)
        return try await attemptCall(action, input, timeout: min(left, Self.attemptTimeout))
      } catch {
        // Half to all of 100 ms, 200 ms, 400 ms, …: callers that failed together do not come back together.
        let delay = Duration.milliseconds(100 << min(attempt - 1, 5)) * Double.random(in: 0.5...1)
        guard error.isTransient, attempt < Self.attempts, ContinuousClock.now + delay < deadline else { throw error }
        do { try await pause(delay) } catch let interruption {
          throw interruption is CancellationError ? .cancelled : error
        }
        attempt += 1
      }
    }
  }

  private func attemptCall(
    _ action: String, _ input: JSONValue, timeout: Duration
  ) async throws(SQSError) -> JSONValue {
    let body = input.serializedBytes
    let headers = signer.sign(
      method: "POST", host: endpoint.host, path: endpoint.path,
      headers: [("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AmazonSQS.\(action)")],
      body: body, at: AWSDate(secondsSinceEpoch: now()))
    let response: HTTPClientResponse
    do {
      response = try await http.send(
        HTTPClientRequest(
          method: "POST", url: endpoint.url,
          headers: HTTPClientHeaders(headers.map { .init(name: $0.name, value: $0.value) }),
          body: body, timeout: timeout, maximumResponseBytes: 1 << 20))
    } catch {
      throw .transport(error)
    }
    guard response.status == 200 else { throw SQSError(response) }
    // An action that has nothing to tell answers with no body.
    guard !response.body.isEmpty else { return .null }
    do {
      return try JSONValue(parsing: response.body)
    } catch {
      throw .badAnswer(reason: "the answer is not JSON: \(error)", status: response.status)
    }
  }
}
