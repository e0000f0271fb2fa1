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
  private static var invalid: SQSError {
    SQSError(
      .invalidParameterValue, "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
  }
}
