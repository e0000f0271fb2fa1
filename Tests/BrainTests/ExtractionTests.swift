import JSON
import Testing

@testable import Brain

@Suite struct ExtractionTests {
  static let answer: JSONValue = [
    "title": "T", "summary": "S", "language": "en", "outcome": "ongoing", "sentiment": "neutral", "topics": ["t"],
    "facts": [
      [
        "kind": "preference", "about": "user", "text": "Prefers a window seat.", "confidence": "high",
        "valid_from": .null, "valid_to": "2026-03-07", "evidence": ["m1"], "replaces": .null,
      ]
    ],
    "open_items": [["text": "Confirm it.", "owner": "assistant", "due": .null, "evidence": ["m2"]]],
    "closed_items": [["ref": "o1", "how": "done", "evidence": ["m1"]]],
    "retracted": [["ref": "f1", "why": "user_asked_to_forget", "evidence": ["m1"]]],
    "entities": [["name": "Osteria Lucca", "type": "organisation", "evidence": ["m2"]]],
  ]

  private func changed(_ change: (inout JSONObject) -> Void) -> String {
    var object = Self.answer.objectValue ?? [:]
    change(&object)
    return JSONValue.object(object).serialized
  }

  @Test func wholeAnswerIsRead() throws {
    let extraction = try Extraction(parsing: Self.answer.serialized)
    #expect(extraction.facts.first?.validTo == "2026-03-07")
    #expect(extraction.closedItems?.first?.how == .done)
    #expect(extraction.retracted?.first?.why == .askedToForget)
  }

  @Test func listsThatCouldOnlyBeEmptyMayBeMissing() throws {
    let extraction = try Extraction(
      parsing: changed {
        $0["closed_items"] = nil
        $0["retracted"] = nil
      })
    #expect(extraction.closedItems == nil)
    #expect(extraction.retracted == nil)
  }

  @Test(arguments: ["```json\n", "```\n", "\n```JSON\r\n"], ["\n```", "\n```\n", "\r\n``` \n"])
  func fenceOfACodeBlockIsTakenOff(opening: String, closing: String) throws {
    let whole = Self.answer.serialized
    #expect(try Extraction(parsing: opening + whole + closing) == Extraction(parsing: whole))
  }

  @Test func tornOrDecoratedAnswersAreNotRead() {
    let whole = Self.answer.serialized
    for text in [
      "", "```json\n\(whole)", "\(whole)\n```", "```json\n\(whole)\n```\nDone.", "Here it is:\n```\n\(whole)\n```",
      "```\n```", "```", "Here it is: \(whole)", whole + whole, String(whole.dropLast()), "[]", "1",
    ] {
      #expect(throws: ExtractionFault.self) { try Extraction(parsing: text) }
    }
  }

  @Test func faultNamesThePlace() throws {
    let missing = try #require(throws: ExtractionFault.self) {
      try Extraction(parsing: changed { $0["summary"] = nil })
    }
    #expect(missing.description.contains("'summary'"))
    let wrong = try #require(throws: ExtractionFault.self) {
      try Extraction(
        parsing: changed { $0["open_items"] = [["text": 1, "owner": "user", "due": .null, "evidence": []]] })
    }
    #expect(wrong.description.contains("/open_items/0/text"))
    let unknown = try #require(throws: ExtractionFault.self) {
      try Extraction(parsing: changed { $0["outcome"] = "fine" })
    }
    #expect(unknown.description.contains("/outcome"))
  }

  @Test func schemaIsTheReferenceOne() throws {
    var reference = try #require(Fixture.json("llm_output.v1.json").objectValue)
    reference["$comment"] = nil
    #expect(MemorySchema.schema(messages: ["m1", "m2"], facts: ["f1"], openItems: ["o1"]) == .object(reference))
  }

  @Test func schemaLeavesOutWhatCouldOnlyBeEmpty() {
    let schema = MemorySchema.schema(messages: ["m1"], facts: [], openItems: [])
    #expect(schema["properties"]?["closed_items"] == nil)
    #expect(schema["properties"]?["retracted"] == nil)
    #expect(schema["properties"]?["facts"]?["items"]?["properties"]?["replaces"] == ["type": "null"])
    #expect(schema["required"]?.arrayValue?.contains("retracted") == false)
  }

  @Test func schemaStaysWithinAThousandEnumValues() {
    for (facts, openItems) in [(0, 0), (150, 50), (10, 0)] {
      let messages = MemorySchema.maximumMessages(facts: facts, openItems: openItems)
      let schema = MemorySchema.schema(
        messages: (1...messages).map { "m\($0)" }, facts: facts == 0 ? [] : (1...facts).map { "f\($0)" },
        openItems: openItems == 0 ? [] : (1...openItems).map { "o\($0)" })
      #expect(Self.enumValues(schema) <= 1000)
      #expect(messages >= 100)
    }
  }

  private static func enumValues(_ value: JSONValue) -> Int {
    switch value {
    case .array(let elements): elements.reduce(0) { $0 + enumValues($1) }
    case .object(let object):
      object.members.reduce(0) {
        $0 + ($1.name == "enum" ? $1.value.arrayValue?.count ?? 0 : enumValues($1.value))
      }
    default: 0
    }
  }
}
