/// The rules of a queue's tags.
enum QueueTag {
  /// Refuses a tag that is not valid by itself.
  static func check(_ key: String, _ value: String) throws(SQSError) {
    guard SQSLimits.tagKeyLength.contains(key.unicodeScalars.count) else { throw invalidKeyLength }
    guard SQSLimits.tagValueLength.contains(value.unicodeScalars.count) else {
      throw SQSError(.invalidParameterValue, "Tag values must be between 0 and 256 characters in length.")
    }
    guard !key.lowercased().hasPrefix("aws:") else {
      throw SQSError(.invalidParameterValue, "Tag keys must not begin with 'aws:', which is reserved for AWS.")
    }
    guard OutgoingMessage.isAllowed(key), OutgoingMessage.isAllowed(value) else {
      throw SQSError(.invalidParameterValue, OutgoingMessage.invalidCharacters)
    }
  }

  /// Refuses more tags than a queue has room for.
  static func checkCount(_ tags: [String: String], of queue: String) throws(SQSError) {
    guard tags.count <= SQSLimits.tags else {
      throw SQSError(.invalidParameterValue, "Too many tags added for queue \(queue).")
    }
  }

  static let invalidKeyLength = SQSError(
    .invalidParameterValue, "Tag keys must be between 1 and 128 characters in length.")
}
