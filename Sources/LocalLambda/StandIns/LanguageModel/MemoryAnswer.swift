/// What the stand-in found in a conversation, in the shape that memory prompts ask for.
struct MemoryAnswer: Sendable {
  struct Fact: Sendable {
    enum Kind: String, Sendable { case identity, preference, fact, event, relationship, instruction }

    var kind: Kind
    var text: String
    var confidence = "high"
    var validFrom: String?
    var validTo: String?
    /// Refs of messages.
    var evidence: [String]
    /// Ref of a known fact.
    var replaces: String?
  }

  struct OpenItem: Sendable {
    var text: String
    /// `user` or `assistant`.
    var owner: String
    var due: String?
    var evidence: [String]
  }

  struct ClosedItem: Sendable {
    var ref: String
    /// `done` or `dropped`.
    var how: String
    var evidence: [String]
  }

  struct Retraction: Sendable {
    var ref: String
    /// `user_asked_to_forget`, `user_corrected` or `no_longer_true`.
    var why: String
    var evidence: [String]
  }

  struct Entity: Sendable {
    enum Kind: String, Sendable { case person, organisation, place, product, order, other }

    var name: String
    var type: Kind
    var evidence: [String]
  }

  var title = ""
  var summary = ""
  var language = "en"
  var outcome = "resolved"
  var sentiment = "neutral"
  var topics: [String] = []
  var facts: [Fact] = []
  var openItems: [OpenItem] = []
  var closedItems: [ClosedItem] = []
  var retracted: [Retraction] = []
  var entities: [Entity] = []
}
