public import HTTPClient

/// Sends messages to Amazon SQS, or to anything that speaks its JSON protocol.
///
/// ```swift
/// let sqs = SQSClient(configuration: try AWSConfiguration(environment: lookup), http: client)
/// let messageID = try await sqs.sendMessage(queueURL: url, body: #"{"conversation_id":1,"message_id":7}"#)
/// ```
public struct SQSClient: Sendable {
  /// Makes a client over an HTTP client that may be shared.
  public init(configuration: AWSConfiguration, http: HTTPClient) {
  }

  /// Sends one message and answers the id that SQS gave it.
  ///
  /// Throttling, 5xx answers and lost connections are tried again, up to `attempts` times in all and only as long as
  /// `timeout` lasts; so a message can arrive twice, as with any SQS client, unless `deduplicationID` says what is one.
  /// - Parameters:
  ///   - groupID: for FIFO queues, which want one.
  ///   - deduplicationID: for FIFO queues without deduplication by content.
  ///   - timeout: the longest that all attempts and the pauses between them may last.
  public func sendMessage(
    queueURL: String, body: String, delaySeconds: Int? = nil, groupID: String? = nil, deduplicationID: String? = nil,
    timeout: Duration = .seconds(20), attempts: Int = 3
  ) async throws(SQSError) -> String {
    throw .badAnswer(reason: "not there yet", status: 0)
  }
}
