/// A batch of messages as the SQS event source mapping sends it.
public struct SQSEvent: LambdaEventCoding {
  /// The messages.
  public var records: [Record]

  /// A batch of messages.
  public init(records: [Record]) {
    self.records = records
  }

  private enum CodingKeys: String, CodingKey {
    case records = "Records"
  }

  /// One message.
  public struct Record: Codable, Sendable, Equatable {
    /// The message's id, which names it in an `SQSBatchResponse`.
    public var messageId: String
    /// What deletes this delivery.
    public var receiptHandle: String
    /// The text as it was sent.
    public var body: String
    /// `ApproximateReceiveCount`, `SentTimestamp`, `MessageGroupId` where the sender gave one, on FIFO queues more; all
    /// values are text.
    public var attributes: [String: String]
    /// The sender's own attributes.
    public var messageAttributes: [String: MessageAttribute]
    /// The MD5 of `body` in hexadecimal.
    public var md5OfBody: String
    /// The MD5 of `messageAttributes`, when there are any.
    public var md5OfMessageAttributes: String?
    /// `aws:sqs`.
    public var eventSource: String
    /// The queue.
    public var eventSourceARN: String
    /// The queue's region.
    public var awsRegion: String

    /// A message from its parts.
    public init(
      messageId: String, receiptHandle: String, body: String, attributes: [String: String],
      messageAttributes: [String: MessageAttribute] = [:], md5OfBody: String, md5OfMessageAttributes: String? = nil,
      eventSource: String = "aws:sqs", eventSourceARN: String, awsRegion: String
    ) {
      self.messageId = messageId
      self.receiptHandle = receiptHandle
      self.body = body
      self.attributes = attributes
      self.messageAttributes = messageAttributes
      self.md5OfBody = md5OfBody
      self.md5OfMessageAttributes = md5OfMessageAttributes
      self.eventSource = eventSource
      self.eventSourceARN = eventSourceARN
      self.awsRegion = awsRegion
    }

    /// The message's group. A FIFO queue keeps the order within it; a standard queue only shares its deliveries fairly
    /// between groups, and has messages without one.
    public var messageGroupID: String? { attributes["MessageGroupId"] }

    /// Whether the queue keeps an order: the names of all such queues end in `.fifo`.
    public var isFIFO: Bool { eventSourceARN.hasSuffix(".fifo") }

    /// How often the message was received, this time included.
    public var receiveCount: Int? { attributes["ApproximateReceiveCount"].flatMap { Int($0) } }
  }

  /// A sender's own attribute of a message.
  public struct MessageAttribute: Codable, Sendable, Equatable {
    /// The value of a `String` or `Number` attribute.
    public var stringValue: String?
    /// The value of a `Binary` attribute, in base64.
    public var binaryValue: String?
    /// Reserved by SQS, empty.
    public var stringListValues: [String]?
    /// Reserved by SQS, empty.
    public var binaryListValues: [String]?
    /// `String`, `Number` or `Binary`, with an optional `.suffix`.
    public var dataType: String

    /// An attribute from its parts.
    public init(
      stringValue: String? = nil, binaryValue: String? = nil, stringListValues: [String]? = [],
      binaryListValues: [String]? = [], dataType: String
    ) {
      self.stringValue = stringValue
      self.binaryValue = binaryValue
      self.stringListValues = stringListValues
      self.binaryListValues = binaryListValues
      self.dataType = dataType
    }
  }
}

/// A function's answer to an `SQSEvent`: the messages that shall come again.
public struct SQSBatchResponse: LambdaEventCoding {
  /// The messages that failed; all others are deleted.
  public var batchItemFailures: [Failure]

  /// An answer that names the messages that failed.
  public init(batchItemFailures: [Failure] = []) {
    self.batchItemFailures = batchItemFailures
  }

  /// One message that failed.
  public struct Failure: Codable, Sendable, Equatable {
    /// The record's `messageId`.
    public var itemIdentifier: String

    /// Names a message that failed.
    public init(itemIdentifier: String) {
      self.itemIdentifier = itemIdentifier
    }
  }
}
