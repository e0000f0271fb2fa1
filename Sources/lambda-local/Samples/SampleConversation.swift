import JSON

/// One conversation of a samples file.
struct SampleConversation: Sendable {
  struct Message: Sendable {
    var role: String
    var text: String
  }

  var name: String
  /// The user's telephone number.
  var user: String
  var messages: [Message]
  /// What is said after the first memory was made: it is due again then.
  var later: [Message]

  /// Reads a file with one JSON object a line: `conversation`, `user`, `messages` of `role` and `text`, and perhaps
  /// `later`, more messages.
  static func read(_ path: String) throws(Failure) -> [SampleConversation] {
    let lines = String(decoding: try InputFile.read(path), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    var conversations: [SampleConversation] = []
    for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      do {
        let json = try JSONValue(parsing: line.utf8)
        guard let conversation = SampleConversation(json) else {
          throw Failure(
            .usage, "\(path):\(index + 1): not a conversation: it needs user, and messages with role and text.")
        }
        conversations.append(conversation)
      } catch let error as JSONParseError {
        throw Failure(.usage, "\(path):\(index + 1): this is not JSON: \(error.reason)")
      } catch let failure as Failure {
        throw failure
      } catch {
        throw Failure(.usage, "\(path):\(index + 1): \(error).")
      }
    }
    guard !conversations.isEmpty else { throw Failure(.usage, "\(path) holds no conversations.") }
    return conversations
  }

  private init?(_ json: JSONValue) {
    guard let user = json["user"]?.stringValue, let messages = Self.messages(json["messages"]), !messages.isEmpty,
      let later = Self.messages(json["later"] ?? [])
    else { return nil }
    name = json["conversation"]?.stringValue ?? user
    self.user = user
    self.messages = messages
    self.later = later
  }

  private static func messages(_ json: JSONValue?) -> [Message]? {
    guard let items = json?.arrayValue else { return nil }
    let messages = items.compactMap { item -> Message? in
      guard let role = item["role"]?.stringValue, let text = item["text"]?.stringValue else { return nil }
      return Message(role: role, text: text)
    }
    return messages.count == items.count ? messages : nil
  }
}
