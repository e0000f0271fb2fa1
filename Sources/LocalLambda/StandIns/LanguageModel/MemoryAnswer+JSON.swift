internal import JSON

extension MemoryAnswer {
  /// The answer as memory prompts want it: every property, and null where there is nothing.
  var json: JSONValue {
    [
      "title": .string(title), "summary": .string(summary), "language": .string(language),
      "outcome": .string(outcome), "sentiment": .string(sentiment), "topics": Self.list(topics),
      "facts": .array(facts.map(\.json)), "open_items": .array(openItems.map(\.json)),
      "closed_items": .array(
        closedItems.map { ["ref": .string($0.ref), "how": .string($0.how), "evidence": Self.list($0.evidence)] }),
      "retracted": .array(
        retracted.map { ["ref": .string($0.ref), "why": .string($0.why), "evidence": Self.list($0.evidence)] }),
      "entities": .array(
        entities.map {
          ["name": .string($0.name), "type": .string($0.type.rawValue), "evidence": Self.list($0.evidence)]
        }),
    ]
  }

  fileprivate static func list(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

  fileprivate static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}

extension MemoryAnswer.Fact {
  fileprivate var json: JSONValue {
    [
      "kind": .string(kind.rawValue), "about": "user", "text": .string(text), "confidence": .string(confidence),
      "valid_from": MemoryAnswer.optional(validFrom), "valid_to": MemoryAnswer.optional(validTo),
      "evidence": MemoryAnswer.list(evidence), "replaces": MemoryAnswer.optional(replaces),
    ]
  }
}

extension MemoryAnswer.OpenItem {
  fileprivate var json: JSONValue {
    [
      "text": .string(text), "owner": .string(owner), "due": MemoryAnswer.optional(due),
      "evidence": MemoryAnswer.list(evidence),
    ]
  }
}
