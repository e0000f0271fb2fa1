/// What a batch has under one id.
struct BatchEntry<Value: Sendable>: Sendable {
  let id: String
  let value: Value

  init(_ id: String, _ value: Value) {
    self.id = id
    self.value = value
  }
}

/// The entries of a batch request: 1 to 10, each under an id of its own. What is wrong with one is that one's error.
struct BatchEntries<Value: Sendable>: Sendable {
  let entries: [BatchEntry<Result<Value, SQSError>>]

  /// - Parameters:
  ///   - kind: the entries' name in the query protocol.
  ///   - read: reads one entry.
  init(_ input: ActionInput, kind: String, read: (ActionInput) throws(SQSError) -> Value) throws(SQSError) {
    let structures = try input.structures("Entries", query: kind)
    guard !structures.isEmpty else {
      throw SQSError(.emptyBatchRequest, "There should be at least one \(kind) in the request.")
    }
    guard structures.count <= SQSLimits.batchEntries else {
      throw SQSError(
        .tooManyEntriesInBatchRequest,
        "Maximum number of entries per request are \(SQSLimits.batchEntries). You have sent \(structures.count).")
    }
    var entries: [BatchEntry<Result<Value, SQSError>>] = []
    entries.reserveCapacity(structures.count)
    for structure in structures {
      guard let id = try structure.string("Id") else { throw .missing("Id") }
      guard SQSLimits.isPlainName(id[...]) else {
        throw SQSError(
          .invalidBatchEntryId,
          "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
            + "It can be at most 80 letters long.")
      }
      guard !entries.contains(where: { $0.id == id }) else {
        throw SQSError(.batchEntryIdsNotDistinct, "Id \(id) repeated.")
      }
      let value = Result { () throws(SQSError) in try read(structure) }
      // A value of the wrong type makes the whole request one that cannot be read.
      if case .failure(let error) = value, error.code == .serialization { throw error }
      entries.append(BatchEntry(id, value))
    }
    self.entries = entries
  }
}

/// The answer of a batch: what succeeded and what failed, entry by entry.
struct BatchOutput<Success: QueueActionOutput>: QueueActionOutput {
  /// The XML name of a success.
  let xml: String
  var successful: [BatchEntry<Success>] = []
  var failed: [BatchEntry<SQSError>] = []

  init(xml: String) { self.xml = xml }

  func write(to output: inout ActionOutput) {
    output.structures("Successful", xml: xml, count: successful.count) { index, output in
      output.string("Id", successful[index].id)
      successful[index].value.write(to: &output)
    }
    output.structures("Failed", xml: "BatchResultErrorEntry", count: failed.count) { index, output in
      let entry = failed[index]
      output.string("Id", entry.id)
      output.string("Code", entry.value.code.query)
      output.string("Message", entry.value.message)
      output.bool("SenderFault", true)
    }
  }
}
