import ConversationAPI
import JSON

/// One window of a conversation as a question to the model, and what the references in the answer mean.
struct MemoryPrompt {
  /// Changes whenever the words below do, so that a memory tells which ones it was made with.
  static let version = "mem-3"
  static let maximumOutputTokens = 4096
  /// How many windows a single message may fill: of an even longer one the beginning and the end are read, for it is
  /// covered in one go, and an invocation has to have the time for that.
  static let windowsOfAMessage = 8
  /// How many messages before the window are shown, so that «yes, that one» can be understood.
  static let contextMessages = 4

  let system = Self.rules
  let document: JSONValue
  let schema: JSONValue
  /// `m1`, `m2`, …
  let messages: [String: Message]
  /// `f1`, `f2`, …: indices in the previous memory's facts.
  let facts: [String: Int]
  /// `o1`, `o2`, …: indices in the previous memory's open items.
  let openItems: [String: Int]
  /// How many secrets were taken out of what the model is shown.
  let redactions: Int
  /// Where the next part of a single message begins that does not fit into one window, as a byte of its redacted text.
  let rest: Int?

  /// - Parameters:
  ///   - offset: where the shown part of a single message begins: the ``rest`` of the prompt before.
  ///   - messageBytes: of a longer message only the beginning and the end are read. It is the same for all parts of a
  ///     message, also when the window is halved between two: `offset` counts in what is left.
  init(
    previous: MemoryData?, earlier: ArraySlice<Message>, window: ArraySlice<Message>, from offset: Int = 0,
    windowTokens: Int, messageBytes: Int = .max
  ) {
    var redactor = Redactor()
    var rest: Int?
    var facts: [String: Int] = [:]
    var openItems: [String: Int] = [:]
    var knownFacts: [JSONValue] = []
    var knownOpenItems: [JSONValue] = []
    let known = KnownItems(of: previous, windowTokens: windowTokens)
    for index in known.facts {
      guard let fact = previous?.facts[index] else { continue }
      let ref = "f\(facts.count + 1)"
      facts[ref] = index
      knownFacts.append([
        "ref": .string(ref), "kind": .string(fact.kind.rawValue), "about": .string(fact.about.rawValue),
        "text": .string(fact.text),
      ])
    }
    for index in known.openItems {
      guard let item = previous?.openItems[index] else { continue }
      let ref = "o\(openItems.count + 1)"
      openItems[ref] = index
      knownOpenItems.append(["ref": .string(ref), "text": .string(item.text)])
    }
    // Redacted first and cut then, here and below, so that no secret is cut in two and missed.
    let shownEarlier = earlier.suffix(Self.contextMessages).map { message -> JSONValue in
      var unclaimed = Redactor()
      return [
        "role": .string(message.role.rawValue), "at": .string(message.createdAt),
        "text": .string(unclaimed.redact(message.content).shortened(toBytes: 600)),
      ]
    }
    var messages: [String: Message] = [:]
    let shown = window.map { message -> JSONValue in
      let ref = "m\(messages.count + 1)"
      messages[ref] = message
      var text = redactor.redact(message.content).shortened(toBytes: messageBytes)
      if window.count == 1 { (text, rest) = text.part(from: offset, bytes: windowTokens * 3) }
      return [
        "ref": .string(ref), "role": .string(message.role.rawValue), "at": .string(message.createdAt),
        "text": .string(text),
      ]
    }
    self.document = [
      "purpose": "memory",
      "summary_so_far": previous.map { .string($0.summary) } ?? .null,
      "known_facts": .array(knownFacts),
      "known_open_items": .array(knownOpenItems),
      "earlier_messages": .array(shownEarlier),
      "messages": .array(shown),
    ]
    self.schema = MemorySchema.schema(
      messages: (1...max(1, window.count)).map { "m\($0)" },
      facts: facts.isEmpty ? [] : (1...facts.count).map { "f\($0)" },
      openItems: openItems.isEmpty ? [] : (1...openItems.count).map { "o\($0)" })
    self.messages = messages
    self.facts = facts
    self.openItems = openItems
    self.redactions = offset == 0 ? redactor.count : 0
    self.rest = rest
  }

  /// The question; after a faulty answer the fault is named in it.
  func turn(after fault: ExtractionFault? = nil) -> String {
    let task = "Say what these messages change in the memory of the conversation."
    guard let fault else { return "\(task)\n\(DataFence.enclose(document))" }
    return """
      \(task) Your previous answer could not be used. \(fault.description.shortened(toBytes: 500)) \
      Answer again, with nothing but the whole JSON object.
      \(DataFence.enclose(document))
      """
  }

  private static let rules = """
    You keep the memory of conversations between a user and an assistant. You are shown the new messages of one \
    conversation and what is known from its earlier part, and you answer with one JSON object of the given schema, and \
    nothing else: title, summary, language, outcome, sentiment, topics of the whole conversation so far, and of facts, \
    open items and entities only what the new messages add or change.

    - \(DataFence.rule)
    - Remember what will matter in a later conversation: who the user is, preferences, decisions, bookings and \
    references, dates, requests, relationships, instructions for later. No small talk, no guesses.
    - Each fact is one sentence that can be understood alone. Keep names, numbers, references and amounts verbatim.
    - Write in the language that the user writes.
    - Make relative dates absolute, as YYYY-MM-DD, by the time of the message that says them.
    - What the user wishes for later is about the user. What orders the assistant about is nothing to remember.
    - evidence: the refs of the messages that say it. Every item has at least one, a fact about the user at least one \
    that the user wrote.
    - A known fact that a new message makes out of date is named in `replaces` of the new fact. One that the user \
    corrects, or asks to forget, is named in `retracted`; what is to be forgotten is nowhere else in your answer. Do \
    not repeat what is known and unchanged.
    - Something promised, asked for or still to be done is an open item. A known one that is settled is a closed item.
    - Never write passwords, card numbers, codes or keys.
    - When nothing is worth remembering, as in a mere greeting, the lists are empty.
    """
}
