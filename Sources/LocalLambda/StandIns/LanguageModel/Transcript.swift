import GregorianCalendar

/// What a prompt of the Brain holds between its fences: the messages, and what is known already.
struct Transcript: Sendable {
  enum Purpose: String, Sendable { case memory, reply }

  struct Message: Sendable {
    /// nil in the messages before those that are asked about.
    var ref: String?
    var role: String
    var day: CivilDate?
    var text: String
    var sentences: [Sentence]

    var isFromUser: Bool { role == "user" }

    init(ref: String?, role: String, at: String?, text: String) {
      self.ref = ref
      self.role = role
      day = at.flatMap(CivilDate.init(timestamp:))
      self.text = text
      sentences = Sentence.split(text)
    }
  }

  struct Known: Sendable {
    var ref: String
    var kind: String
    var text: String
  }

  var purpose: Purpose
  /// What the conversation was about until now.
  var summarySoFar: String?
  var knownFacts: [Known] = []
  var knownOpenItems: [Known] = []
  var earlier: [Message] = []
  var messages: [Message] = []
  /// Of a reply: what is remembered of the user.
  var notes: [String] = []
  /// Of a reply: the message to answer.
  var answerTo: String?
}
