import ConversationAPI

/// Cutting a conversation into parts that a model can read at once.
enum Transcript {
  /// About how many tokens a text is: models make a token of some four Latin letters, or of one of most other scripts,
  /// which are three bytes each.
  static func tokens(_ text: String) -> Int { text.utf8.count / 3 + 1 }

  /// What a message or a known item costs beside its text: its reference, its role or kind, its time.
  static let overhead = 25

  static func tokens(_ message: Message) -> Int { tokens(message.content) + overhead }

  /// How many of the first `messages` fit; one at least, whatever its length.
  static func window(of messages: ArraySlice<Message>, tokens limit: Int, maximumMessages: Int) -> Int {
    var total = 0
    var count = 0
    for message in messages.prefix(maximumMessages) {
      total += min(tokens(message), limit)
      if total > limit, count > 0 { break }
      count += 1
    }
    return count
  }

  /// The newest messages that fit; one at least.
  static func newest(of messages: ArraySlice<Message>, tokens limit: Int) -> ArraySlice<Message> {
    var total = 0
    var start = messages.endIndex
    for index in messages.indices.reversed() {
      total += min(tokens(messages[index]), limit)
      if total > limit, start < messages.endIndex { break }
      start = index
    }
    return messages[start...]
  }
}
