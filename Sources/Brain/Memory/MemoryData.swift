import JSON

/// What is remembered of a conversation, as it is stored: `memory_data`, version 1.
///
/// Nothing is forgotten by omission: what became out of date stays, with its end.
struct MemoryData: Codable, Sendable, Equatable {
  static let currentVersion = 1

  var schemaVersion = MemoryData.currentVersion
  var title: String
  var summary: String
  /// The BCP 47 tag of the user's language.
  @Nullable var language: String?
  var outcome: Outcome
  var sentiment: Sentiment
  var topics: [String]
  var facts: [Fact]
  var openItems: [OpenItem]
  var entities: [Entity]
  var coverage: Coverage
  var provenance: Provenance

  enum Outcome: String, Codable, Sendable { case resolved, unresolved, abandoned, ongoing }
  enum Sentiment: String, Codable, Sendable { case positive, neutral, negative, mixed }

  struct Fact: Codable, Sendable, Equatable {
    enum Kind: String, Codable, Sendable { case identity, preference, fact, event, relationship, instruction }
    enum About: String, Codable, Sendable { case user, assistant, other }
    enum Confidence: String, Codable, Sendable { case high, medium, low }
    enum Status: String, Codable, Sendable { case active, superseded, retracted }

    var id: String
    var kind: Kind
    var about: About
    var text: String
    var confidence: Confidence
    @Nullable var validFrom: String?
    @Nullable var validTo: String?
    /// The messages that say this.
    var evidence: [Int64]
    var status: Status
    @Nullable var supersededBy: String?
    var firstSeenAt: String
    var lastConfirmedAt: String
    @Nullable var endedAt: String?

    enum CodingKeys: String, CodingKey {
      case id, kind, about, text, confidence, evidence, status
      case validFrom = "valid_from"
      case validTo = "valid_to"
      case supersededBy = "superseded_by"
      case firstSeenAt = "first_seen_at"
      case lastConfirmedAt = "last_confirmed_at"
      case endedAt = "ended_at"
    }
  }

  struct OpenItem: Codable, Sendable, Equatable {
    enum Owner: String, Codable, Sendable { case user, assistant }
    enum Status: String, Codable, Sendable { case open, done, dropped }

    var id: String
    var text: String
    var owner: Owner
    @Nullable var due: String?
    var status: Status
    var evidence: [Int64]
  }

  struct Entity: Codable, Sendable, Equatable {
    enum Kind: String, Codable, Sendable { case person, organisation, place, product, order, other }

    var name: String
    var type: Kind
    var evidence: [Int64]
  }

  /// The part of the conversation that this was made from.
  struct Coverage: Codable, Sendable, Equatable {
    var fromMessageID: Int64
    var throughMessageID: Int64
    var messages: Int
    var throughAt: String

    enum CodingKeys: String, CodingKey {
      case messages
      case fromMessageID = "from_message_id"
      case throughMessageID = "through_message_id"
      case throughAt = "through_at"
    }
  }

  /// How this was made; the counts are those of all windows so far.
  struct Provenance: Codable, Sendable, Equatable {
    var provider: String
    var model: String
    var promptVersion: String
    var generatedAt: String
    var windows: Int
    @Nullable var inputTokens: Int?
    @Nullable var outputTokens: Int?
    /// How many secrets were taken out.
    var redactions: Int
    /// How many items of the model's answers failed a check.
    var droppedItems: Int

    enum CodingKeys: String, CodingKey {
      case provider, model, windows, redactions
      case promptVersion = "prompt_version"
      case generatedAt = "generated_at"
      case inputTokens = "input_tokens"
      case outputTokens = "output_tokens"
      case droppedItems = "dropped_items"
    }
  }

  enum CodingKeys: String, CodingKey {
    case title, summary, language, outcome, sentiment, topics, facts, entities, coverage, provenance
    case schemaVersion = "schema_version"
    case openItems = "open_items"
  }
}

extension MemoryData {
  /// The memory in `value`; nil when that is something else, which somebody stored with another program.
  init?(_ value: JSONValue) {
    guard value["schema_version"]?.int64Value == Int64(Self.currentVersion),
      let data = try? JSONCoding.decode(MemoryData.self, from: value), data.hasPossibleNumbers
    else { return nil }
    self = data
  }

  /// Whether its counts and ids can be those of a conversation. Whoever stores a memory may write any number into it,
  /// and the next window counts on from there: a number at the end of its range would end the process.
  private var hasPossibleNumbers: Bool {
    let counts = [coverage.messages, provenance.windows, provenance.redactions, provenance.droppedItems]
    let tokens = [provenance.inputTokens, provenance.outputTokens].compactMap { $0 }
    let evidence = facts.flatMap(\.evidence) + openItems.flatMap(\.evidence) + entities.flatMap(\.evidence)
    let messageIDs = [coverage.fromMessageID, coverage.throughMessageID] + evidence
    return (counts + tokens).allSatisfy { (0...1 << 53).contains($0) } && messageIDs.allSatisfy { $0 >= 1 }
  }
}

/// An optional member that is written as null when it is nil, where the schema requires the member.
@propertyWrapper struct Nullable<Value: Codable & Sendable & Equatable>: Codable, Sendable, Equatable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) {
    self.wrappedValue = wrappedValue
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}
