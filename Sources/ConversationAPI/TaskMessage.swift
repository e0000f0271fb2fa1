import JSON

/// A message on the queue between Backend and Brain.
public enum TaskMessage: Sendable, Equatable {
  /// Make the memories of these conversations.
  case generateMemoryBatch(conversationIDs: [Int64])
  /// Answer this message.
  case reply(conversationID: Int64, messageID: Int64)
}

/// Why a queue message's body is not understood.
public struct TaskMessageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, as a sentence.
  public let reason: String

  /// The reason.
  public var description: String { reason }
}

extension TaskMessage {
  private static let batchType = "GENERATE_MEMORY_BATCH"

  /// Reads a message's body. Fields that are not known are ignored.
  public init(parsing body: String) throws(TaskMessageError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: body)
    } catch {
      throw TaskMessageError(reason: "The body is not JSON: \(error).")
    }
    guard let object = value.objectValue else { throw TaskMessageError(reason: "The body is not a JSON object.") }
    switch object["task_type"] {
    case nil:
      self = .reply(
        conversationID: try Self.id(object["conversation_id"], at: "conversation_id"),
        messageID: try Self.id(object["message_id"], at: "message_id"))
    case .string(Self.batchType)?:
      guard let elements = object["conversation_ids"]?.arrayValue else {
        throw TaskMessageError(reason: "conversation_ids is not an array.")
      }
      var ids: [Int64] = []
      ids.reserveCapacity(elements.count)
      for (index, element) in elements.enumerated() {
        ids.append(try Self.id(element, at: "conversation_ids[\(index)]"))
      }
      self = .generateMemoryBatch(conversationIDs: ids)
    case let other?:
      throw TaskMessageError(reason: "task_type \(other) is not known.")
    }
  }

  private static func id(_ value: JSONValue?, at place: String) throws(TaskMessageError) -> Int64 {
    guard let value else { throw TaskMessageError(reason: "\(place) is missing.") }
    guard let id = value.int64Value, id > 0 else {
      throw TaskMessageError(reason: "\(place) is not a positive whole number.")
    }
    return id
  }

  /// The message's body.
  public var body: String {
    switch self {
    case .generateMemoryBatch(let ids):
      Self.batchOpening + ids.map(String.init).joined(separator: ",") + Self.batchClosing
    case .reply(let conversationID, let messageID):
      #"{"conversation_id":\#(conversationID),"message_id":\#(messageID)}"#
    }
  }

  private static let batchOpening = #"{"task_type":"\#(batchType)","conversation_ids":["#
  private static let batchClosing = "]}"

  /// As few batch messages as hold all of `ids` in their order with no body over `maximumBytes`: one while that fits,
  /// none for no ids. An id that does not fit even alone still gets a message, so that none is lost silently.
  public static func batches(of ids: [Int64], maximumBytes: Int) -> [TaskMessage] {
    var batches: [TaskMessage] = []
    var batch: [Int64] = []
    let frame = batchOpening.utf8.count + batchClosing.utf8.count
    var size = frame
    for id in ids {
      let digits = String(id).utf8.count
      let added = batch.isEmpty ? digits : digits + 1
      if size + added > maximumBytes, !batch.isEmpty {
        batches.append(.generateMemoryBatch(conversationIDs: batch))
        batch = [id]
        size = frame + digits
      } else {
        batch.append(id)
        size += added
      }
    }
    if !batch.isEmpty { batches.append(.generateMemoryBatch(conversationIDs: batch)) }
    return batches
  }
}
