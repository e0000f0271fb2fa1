import JSON

/// The JSON Schema of an `Extraction`, made for one request: references are enums, so that a server that enforces the
/// schema cannot let the model invent one. A list that could only be empty is left out.
enum MemorySchema {
  static func schema(messages: [String], facts: [String], openItems: [String]) -> JSONValue {
    let evidence: JSONValue = [
      "type": "array", "items": choice(messages), "description": "refs of the messages that say this",
    ]
    var members: JSONObject = [
      "title": text("at most 80 characters"),
      "summary": text("the whole conversation so far, at most 900 characters, third person, names and numbers kept"),
      "language": text("BCP 47 tag of the user's language"),
      "outcome": choice(["resolved", "unresolved", "abandoned", "ongoing"]),
      "sentiment": choice(["positive", "neutral", "negative", "mixed"]),
      "topics": list(of: ["type": "string"]),
      "facts": list(
        of: object([
          "kind": choice(["identity", "preference", "fact", "event", "relationship", "instruction"]),
          "about": choice(["user", "assistant", "other"]),
          "text": text("one self-contained sentence; absolute dates"),
          "confidence": choice(["high", "medium", "low"]),
          "valid_from": orNull(text("YYYY-MM-DD")),
          "valid_to": orNull(text("YYYY-MM-DD")),
          "evidence": evidence,
          "replaces": facts.isEmpty
            ? ["type": "null"]
            : orNull([
              "type": "string", "enum": .array(facts.map(JSONValue.string)),
              "description": "ref of the known item this makes out of date",
            ]),
        ])),
      "open_items": list(
        of: object([
          "text": ["type": "string"],
          "owner": choice(["user", "assistant"]),
          "due": orNull(text("YYYY-MM-DD")),
          "evidence": evidence,
        ])),
    ]
    if !openItems.isEmpty {
      members["closed_items"] = list(
        of: object(["ref": choice(openItems), "how": choice(["done", "dropped"]), "evidence": evidence]))
    }
    if !facts.isEmpty {
      members["retracted"] = list(
        of: object([
          "ref": choice(facts), "why": choice(["user_asked_to_forget", "user_corrected", "no_longer_true"]),
          "evidence": evidence,
        ]))
    }
    members["entities"] = list(
      of: object([
        "name": ["type": "string"],
        "type": choice(["person", "organisation", "place", "product", "order", "other"]),
        "evidence": evidence,
      ]))
    return object(members)
  }

  /// How many messages one request can refer to: OpenAI allows 1,000 enum values in a schema, and each reference to a
  /// message stands in it five times, to a fact twice.
  static func maximumMessages(facts: Int, openItems: Int) -> Int {
    max(1, (960 - 2 * facts - openItems) / 5)
  }

  private static func text(_ description: String) -> JSONValue {
    ["type": "string", "description": .string(description)]
  }

  private static func choice(_ values: [String]) -> JSONValue {
    ["type": "string", "enum": .array(values.map(JSONValue.string))]
  }

  private static func orNull(_ schema: JSONValue) -> JSONValue {
    ["anyOf": [schema, ["type": "null"]]]
  }

  private static func list(of items: JSONValue) -> JSONValue {
    ["type": "array", "items": items]
  }

  private static func object(_ members: JSONObject) -> JSONValue {
    [
      "type": "object", "additionalProperties": false,
      "required": .array(members.map { .string($0.name) }), "properties": .object(members),
    ]
  }
}
