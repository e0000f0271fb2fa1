import ConversationAPI

/// Brings a window's findings into the lists of a memory, one item after the other.
struct MemoryMerge {
  /// What stands in place of a fact that the user asked to forget: its id stays, so that it stays forgotten.
  static let forgotten = "[forgotten]"
  static let maximumFacts = 200
  static let maximumOpenItems = 50
  static let maximumEntities = 100

  private(set) var facts: [MemoryData.Fact]
  private(set) var openItems: [MemoryData.OpenItem]
  private(set) var entities: [MemoryData.Entity]
  /// How many items were left out.
  private(set) var dropped = 0
  private let prompt: MemoryPrompt
  /// Up to which message what was said about these facts is retracted.
  private var retractedThrough: [String: Int64] = [:]
  private var redactor = Redactor()

  init(previous: MemoryData?, prompt: MemoryPrompt) {
    facts = previous?.facts ?? []
    openItems = previous?.openItems ?? []
    entities = previous?.entities ?? []
    self.prompt = prompt
  }

  /// How many secrets the model repeated.
  var redactions: Int { redactor.count }

  mutating func clean(_ text: String, limit: Int) -> String {
    redactor.redact(text).cleaned(limit: limit)
  }

  // MARK: What ends

  mutating func close(_ items: [Extraction.ClosedItem]) {
    for item in items {
      guard let index = prompt.openItems[item.ref], let evidence = evidence(item.evidence) else {
        dropped += 1
        continue
      }
      openItems[index].status = item.how == .done ? .done : .dropped
      openItems[index].evidence.add(evidence)
    }
  }

  mutating func retract(_ retractions: [Extraction.Retraction]) {
    for retraction in retractions {
      guard let index = prompt.facts[retraction.ref], let evidence = evidence(retraction.evidence) else {
        dropped += 1
        continue
      }
      facts[index].status = .retracted
      facts[index].endedAt = evidence.last?.createdAt
      retractedThrough[facts[index].id] = evidence.last?.id
      if retraction.why == .askedToForget { facts[index].text = Self.forgotten }
    }
  }

  // MARK: What is new

  mutating func add(_ fact: Extraction.Fact) {
    let text = clean(fact.text, limit: 400)
    guard !text.isEmpty, let evidence = evidence(fact.evidence), let first = evidence.first, let last = evidence.last,
      // What the user is like, only the user can say.
      fact.about != .user || evidence.contains(where: { $0.role == .user })
    else {
      dropped += 1
      return
    }
    let id = Fingerprint.fact(kind: fact.kind, about: fact.about, text: text)
    if let index = facts.firstIndex(where: { $0.id == id }) {
      confirm(index, text: text, fact: fact, evidence: evidence)
    } else {
      facts.append(
        MemoryData.Fact(
          id: id, kind: fact.kind, about: fact.about, text: text, confidence: fact.confidence,
          validFrom: date(fact.validFrom), validTo: date(fact.validTo), evidence: evidence.map(\.id), status: .active,
          supersededBy: nil, firstSeenAt: first.createdAt, lastConfirmedAt: last.createdAt, endedAt: nil))
    }
    guard let ref = fact.replaces else { return }
    guard let index = prompt.facts[ref] else {
      dropped += 1
      return
    }
    guard facts[index].id != id, facts[index].status == .active else { return }
    facts[index].status = .superseded
    facts[index].supersededBy = id
    facts[index].endedAt = first.createdAt
  }

  /// The same was said again: that makes a superseded fact true again, and a retracted one only when it was said later.
  private mutating func confirm(_ index: Int, text: String, fact: Extraction.Fact, evidence: [Message]) {
    guard let last = evidence.last, last.id > retractedThrough[facts[index].id] ?? 0 else { return }
    facts[index].text = text
    facts[index].confidence = fact.confidence
    facts[index].validFrom = date(fact.validFrom) ?? facts[index].validFrom
    facts[index].validTo = date(fact.validTo) ?? facts[index].validTo
    facts[index].evidence.add(evidence)
    facts[index].status = .active
    facts[index].supersededBy = nil
    facts[index].endedAt = nil
    facts[index].lastConfirmedAt = last.createdAt
  }

  mutating func add(_ item: Extraction.OpenItem) {
    let text = clean(item.text, limit: 300)
    guard !text.isEmpty, let evidence = evidence(item.evidence) else {
      dropped += 1
      return
    }
    let id = Fingerprint.openItem(owner: item.owner, text: text)
    if let index = openItems.firstIndex(where: { $0.id == id }) {
      openItems[index].due = date(item.due) ?? openItems[index].due
      openItems[index].status = .open
      openItems[index].evidence.add(evidence)
    } else {
      openItems.append(
        MemoryData.OpenItem(
          id: id, text: text, owner: item.owner, due: date(item.due), status: .open, evidence: evidence.map(\.id)))
    }
  }

  mutating func add(_ entity: Extraction.Entity) {
    let name = clean(entity.name, limit: 120)
    guard !name.isEmpty, let evidence = evidence(entity.evidence) else {
      dropped += 1
      return
    }
    let normalized = Fingerprint.normalized(name)
    if let index = entities.firstIndex(where: {
      $0.type == entity.type && Fingerprint.normalized($0.name) == normalized
    }) {
      entities[index].evidence.add(evidence)
    } else {
      entities.append(MemoryData.Entity(name: name, type: entity.type, evidence: evidence.map(\.id)))
    }
  }

  // MARK: Checks

  /// The messages behind `refs`, in order; nil when there is none, for then nothing proves the item.
  private func evidence(_ refs: [String]) -> [Message]? {
    let messages = Set(refs).compactMap { prompt.messages[$0] }.sorted { $0.id < $1.id }
    return messages.isEmpty ? nil : messages
  }

  private func date(_ text: String?) -> String? {
    text.flatMap { Timestamp.isDate($0) ? $0 : nil }
  }

  /// Keeps the lists within the schema's limits: what has ended goes first, then what was said longest ago.
  mutating func capCounts() {
    dropped += Self.cap(&facts, to: Self.maximumFacts, isOver: { $0.status != .active }, evidence: \.evidence)
    dropped += Self.cap(&openItems, to: Self.maximumOpenItems, isOver: { $0.status != .open }, evidence: \.evidence)
    dropped += Self.cap(&entities, to: Self.maximumEntities, isOver: { _ in false }, evidence: \.evidence)
  }

  private static func cap<Item>(
    _ items: inout [Item], to limit: Int, isOver: (Item) -> Bool, evidence: (Item) -> [Int64]
  ) -> Int {
    guard items.count > limit else { return 0 }
    let ranks = items.map { (isOver($0) ? 1 : 0, -(evidence($0).max() ?? 0)) }
    let kept = items.indices.sorted { ranks[$0] < ranks[$1] }.prefix(limit).sorted()
    let excess = items.count - limit
    items = kept.map { items[$0] }
    return excess
  }
}

extension [Int64] {
  /// Adds the messages that are not there yet, in order.
  fileprivate mutating func add(_ messages: [Message]) {
    self = Set(self).union(messages.map(\.id)).sorted()
  }
}
