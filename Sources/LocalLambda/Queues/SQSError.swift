/// An error as SQS answers it.
public struct SQSError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, with its names on the wire.
  public let code: Code
  /// AWS's own sentence.
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The code and the sentence.
  public var description: String { "\(code.query): \(message)" }
}

extension SQSError {
  /// One of SQS's error shapes.
  public struct Code: Sendable, Hashable {
    /// The shape's name in the JSON protocol.
    public let shape: String
    /// The namespace of the shape.
    public let namespace: String
    /// The code in the query protocol and in `x-amzn-query-error`.
    public let query: String
    /// The HTTP status.
    public let status: Int

    init(_ shape: String, namespace: String = "com.amazonaws.sqs", query: String? = nil, status: Int = 400) {
      self.shape = shape
      self.namespace = namespace
      self.query = query ?? shape
      self.status = status
    }

    /// A shape whose query code carries the service's old name before it.
    private static func prefixed(_ shape: String, query: String? = nil, status: Int = 400) -> Code {
      Code(shape, query: "AWS.SimpleQueueService.\(query ?? shape)", status: status)
    }

    static let queueDoesNotExist = prefixed("QueueDoesNotExist", query: "NonExistentQueue")
    static let queueNameExists = Code("QueueNameExists", query: "QueueAlreadyExists")
    static let queueDeletedRecently = prefixed("QueueDeletedRecently")
    static let purgeQueueInProgress = prefixed("PurgeQueueInProgress", status: 403)
    static let emptyBatchRequest = prefixed("EmptyBatchRequest")
    static let tooManyEntriesInBatchRequest = prefixed("TooManyEntriesInBatchRequest")
    static let batchEntryIdsNotDistinct = prefixed("BatchEntryIdsNotDistinct")
    static let invalidBatchEntryId = prefixed("InvalidBatchEntryId")
    static let batchRequestTooLong = prefixed("BatchRequestTooLong")
    static let invalidMessageContents = Code("InvalidMessageContents")
    static let invalidAttributeName = Code("InvalidAttributeName")
    static let invalidAttributeValue = Code("InvalidAttributeValue")
    static let receiptHandleIsInvalid = Code("ReceiptHandleIsInvalid")
    static let resourceNotFound = Code("ResourceNotFoundException", status: 404)
    static let overLimit = Code("OverLimit", status: 403)
    static let accessDenied = Code("AccessDeniedException", query: "AccessDenied", status: 403)

    private static let coral = "com.amazon.coral.service"
    static let invalidParameterValue = Code(
      "InvalidParameterValueException", namespace: coral, query: "InvalidParameterValue")
    static let missingParameter = Code(
      "MissingRequiredParameterException", namespace: coral, query: "MissingParameter")
    static let unknownOperation = Code("UnknownOperationException", namespace: coral)
    static let invalidAction = Code("InvalidAction", namespace: coral)
    static let missingAuthentication = Code(
      "MissingAuthenticationTokenException", namespace: coral, query: "MissingAuthenticationToken", status: 403)
    static let serialization = Code("SerializationException", namespace: coral)
    static let internalFailure = Code("InternalFailure", namespace: coral, status: 500)
  }
}
