import JSON

/// What a function's answer says of its batch, when the mapping has `ReportBatchItemFailures`.
enum BatchItemFailures: Sendable, Hashable {
  case none
  /// These messages failed; all others are done.
  case some(Set<String>)
  /// The answer is malformed: all messages count as failed.
  case all(reason: String)

  /// Reads an answer.
  ///
  /// - Parameter ids: the batch's messages.
  init(answer: some Collection<UInt8>, ids: Set<String>) {
    guard !answer.isEmpty else {
      self = .none
      return
    }
    guard let value = try? JSONValue(parsing: answer) else {
      self = .all(reason: "the answer is not JSON")
      return
    }
    switch value {
    case .null, .string(""), .array([]): self = .none
    case .object(let answer): self.init(list: answer["batchItemFailures"], ids: ids)
    default: self = .all(reason: "the answer is not an object")
    }
  }

  private init(list: JSONValue?, ids: Set<String>) {
    guard let list, list != .null else {
      self = .none
      return
    }
    guard let items = list.arrayValue else {
      self = .all(reason: "batchItemFailures is not a list")
      return
    }
    var failed: Set<String> = []
    for item in items {
      guard let id = item["itemIdentifier"]?.stringValue, !id.isEmpty else {
        self = .all(reason: "an item of batchItemFailures has no itemIdentifier")
        return
      }
      guard ids.contains(id) else {
        self = .all(reason: "itemIdentifier \(id) is not a message of the batch")
        return
      }
      failed.insert(id)
    }
    self = failed.isEmpty ? .none : .some(failed)
  }
}
