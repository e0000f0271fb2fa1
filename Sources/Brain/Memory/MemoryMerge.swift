import ConversationAPI

/// Brings a window's findings into the lists of a memory, one item after the other.
struct MemoryMerge {
  /// What stands in place of a text that the user asked to forget.
  static let forgotten = "[forgotten]"
  static let maximumFacts = 200
  static let maximumOpenItems = 50
  static let maximumEntities = 100
  /// How many messages an item rests on at most.
  static let maximumEvidence = 20

  private(set) var facts: [MemoryData.Fact]
  private(set) var openItems: [MemoryData.OpenItem]
  private(set) var entities: [MemoryData.Entity]
  /// How many items were left out.
  private(set) var dropped = 0
  private(set) var forgetting = Forgetting()
  private let prompt: MemoryPrompt
  /// The window's messages by their ids.
  private let spoken: [Int64: SpokenText]
  /// Up to which message what was said about these facts is retracted.
  private var retractedThrough: [String: Int64] = [:]
  private var redactor = Redactor()

  init(previous: MemoryData?, prompt: MemoryPrompt) {
    facts = previous?.facts ?? []
    openItems = previous?.openItems ?? []
    entities = previous?.entities ?? []
    self.prompt = prompt
    spoken = Dictionary(prompt.messages.values.map { ($0.id, SpokenText($0.content)) }, uniquingKeysWith: { $1 })
  }

  /// How many secrets the model repeated.
  var redactions: Int { redactor.count }

  /// What the active facts say.
  var remaining: [String] { facts.filter { $0.status == .active }.map(\.text) }

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
      guard let known = prompt.facts[retraction.ref], let evidence = evidence(retraction.evidence),
        let last = evidence.last,
        evidence.includesUser || facts[known].about != .user && retraction.why != .askedToForget
      else {
        dropped += 1
        continue
      }
      let isForgotten = retraction.why == .askedToForget
      let ended = isForgotten ? history(of: facts[known].id) : [facts[known].id]
      for index in facts.indices where ended.contains(facts[index].id) {
        facts[index].status = .retracted
        facts[index].endedAt = isForgotten ? last.createdAt : facts[index].endedAt ?? last.createdAt
        retractedThrough[facts[index].id] = last.id
        if isForgotten { forgetting.forget(&facts[index], askedIn: last.id) }
      }
    }
  }

  /// A fact and all that it took the place of, directly or not.
  private func history(of id: String) -> Set<String> {
    var ids: Set = [id]
    while let earlier = facts.first(where: { !ids.contains($0.id) && ids.contains($0.supersededBy ?? "") }) {
      ids.insert(earlier.id)
    }
    return ids
  }

  /// Takes out what would give away what the user asked to forget, once all that is new is there.
  mutating func forgetTraces() {
    guard !forgetting.isEmpty else { return }
    forgetting.keep(remaining)
    // Of what ended before, by a correction for instance, nothing leads here from the fact that is forgotten.
    for index in facts.indices
    where facts[index].status != .active && (forgetting.isOpaque || forgetting.givesAway(facts[index].text)) {
      facts[index].text = Self.forgotten
      facts[index].validFrom = nil
      facts[index].validTo = nil
    }
    for index in openItems.indices
    where forgetting.takesAlong(openItem: openItems[index].text, evidence: openItems[index].evidence) {
      openItems[index].text = Self.forgotten
      openItems[index].due = nil
      openItems[index].status = .dropped
    }
    entities = entities.filter { !forgetting.takesAlong(entity: $0.name, evidence: $0.evidence) }
  }

  // MARK: What is new

  mutating func add(_ fact: Extraction.Fact) {
    let text = clean(fact.text, limit: 400)
    guard !text.isEmpty, let evidence = evidence(fact.evidence), let first = evidence.first, let last = evidence.last,
      // What the user is like, only the user can say.
      fact.about != .user || evidence.includesUser,
      // An order to the assistant, whoever gave it, would be obeyed in every later conversation.
      fact.about != .assistant || fact.kind != .instruction,
      !forgetting.isRepeated(by: text, saidIn: last.id)
    else {
      dropped += 1
      return
    }
    let dates = [fact.validFrom, fact.validTo].compactMap { date($0) }
    let isProven = evidence.compactMap { spoken[$0.id] }.prove(text, dates: dates)
    let id = Fingerprint.fact(kind: fact.kind, about: fact.about, text: text)
    if let index = facts.firstIndex(where: { $0.id == id }) {
      confirm(index, text: text, fact: fact, evidence: evidence, isProven: isProven)
    } else {
      facts.append(
        MemoryData.Fact(
          id: id, kind: fact.kind, about: fact.about, text: text, confidence: isProven ? fact.confidence : .low,
          validFrom: date(fact.validFrom), validTo: date(fact.validTo), evidence: evidence.map(\.id), status: .active,
          supersededBy: nil, firstSeenAt: first.createdAt, lastConfirmedAt: last.createdAt, endedAt: nil))
    }
    guard let ref = fact.replaces else { return }
    // What is known of the user ends only by what the user said.
    guard let index = prompt.facts[ref], facts[index].about != .user || evidence.includesUser else {
      dropped += 1
      return
    }
    guard facts[index].id != id, facts[index].status == .active else { return }
    facts[index].status = .superseded
    facts[index].supersededBy = id
    facts[index].endedAt = first.createdAt
  }

  /// The same was said again: that makes a superseded fact true again, and a retracted one only when it was said later.
  /// How sure it is stays as it was where less was said this time, as by «yes, still the same number».
  private mutating func confirm(
    _ index: Int, text: String, fact: Extraction.Fact, evidence: [Message], isProven: Bool
  ) {
    guard let last = evidence.last, last.id > retractedThrough[facts[index].id] ?? 0,
      // A part of the conversation may be read again: what was said before the request does not undo it.
      facts[index].text != Self.forgotten || last.createdAt > facts[index].endedAt ?? ""
    else { return }
    facts[index].text = text
    if isProven { facts[index].confidence = fact.confidence }
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
      openItems[index].text = text
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
    guard !name.isEmpty, let evidence = evidence(entity.evidence),
      evidence.compactMap({ spoken[$0.id] }).mention(name)
    else {
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

  /// Keeps the lists within the schema's limits: what has ended goes first, then what was said longest ago. Evidence is
  /// kept within limits too, for a memory that the Backend finds too large could never be stored again.
  mutating func capCounts() {
    for index in facts.indices { facts[index].evidence.cap() }
    for index in openItems.indices { openItems[index].evidence.cap() }
    for index in entities.indices { entities[index].evidence.cap() }
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

  /// Leaves the first message, which said it, and the newest ones, which confirmed it last.
  fileprivate mutating func cap() {
    guard count > MemoryMerge.maximumEvidence else { return }
    self = Array(prefix(1) + suffix(MemoryMerge.maximumEvidence - 1))
  }
}

extension [Message] {
  fileprivate var includesUser: Bool { contains { $0.role == .user } }
}
