/// The rules of queue names.
enum QueueName {
  /// Refuses what cannot name a queue of that type.
  static func validate(_ name: String, isFIFO: Bool) throws(SQSError) {
    if isFIFO {
      guard name.hasSuffix(".fifo"), name.utf8.count <= 80, SQSLimits.isPlainName(name.dropLast(5)) else {
        throw SQSError(
          .invalidParameterValue,
          "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, "
            + "must end with .fifo suffix and be 1 to 80 in length.")
      }
    } else {
      guard SQSLimits.isPlainName(name[...]) else { throw invalid }
    }
  }

  /// The error for a name that no standard queue may have.
  static var invalid: SQSError {
    SQSError(
      .invalidParameterValue, "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
  }

  /// The name in a queue URL of any host, or the bare name.
  static func name(fromURL url: String) -> String { lastPart(of: url, after: UInt8(ascii: "/")) }

  /// The name in a queue's ARN.
  static func name(fromARN arn: String) -> String { lastPart(of: arn, after: UInt8(ascii: ":")) }

  private static func lastPart(of text: String, after separator: UInt8) -> String {
    guard let index = text.utf8.lastIndex(of: separator) else { return text }
    return String(text[text.utf8.index(after: index)...])
  }
}
