import ConversationAPI
import JSON
import Testing

@testable import Brain

/// A suite that merges answers as a model may give them.
protocol MergeSuite {}

extension MergeSuite {
  /// The messages of a range, of which the odd ones are the user's. They say what `texts` has for them.
  func messages(_ range: ClosedRange<Int64>, saying texts: [Int64: String] = [:]) -> [Message] {
    range.map { id in
      Message(
        id: id, role: id.isMultiple(of: 2) ? .assistant : .user, content: texts[id] ?? "text \(id)",
        createdAt: "2026-03-02T09:00:\(id < 10 ? "0" : "")\(id)Z")
    }
  }

  func extraction(
    facts: [Extraction.Fact] = [], openItems: [Extraction.OpenItem] = [], closed: [Extraction.ClosedItem]? = nil,
    retracted: [Extraction.Retraction]? = nil, entities: [Extraction.Entity] = []
  ) -> Extraction {
    Extraction(
      title: "Title", summary: "Summary", language: "en", outcome: .ongoing, sentiment: .neutral,
      topics: ["a", "a", ""],
      facts: facts, openItems: openItems, closedItems: closed, retracted: retracted, entities: entities)
  }

  func fact(
    _ text: String, _ evidence: [String], about: MemoryData.Fact.About = .user, replaces: String? = nil
  ) -> Extraction.Fact {
    Extraction.Fact(
      kind: .fact, about: about, text: text, confidence: .high, validFrom: nil, validTo: nil, evidence: evidence,
      replaces: replaces)
  }

  /// Merges an answer about the messages `range` into `previous`, and checks what must always hold.
  func merge(
    _ extraction: Extraction, into previous: MemoryData? = nil, _ range: ClosedRange<Int64> = 1...4,
    saying texts: [Int64: String] = [:]
  ) throws -> MemoryData {
    let window = messages(range, saying: texts)
    let prompt = MemoryPrompt(previous: previous, earlier: [], window: window[...], windowTokens: 12_000)
    let memory = MemoryData(
      previous: previous, extraction: extraction, prompt: prompt, window: window[...],
      source: ExtractionSource(
        provider: "openai", model: "m", inputTokens: 10, outputTokens: nil, generatedAt: "2026-03-02T10:00:00Z"))
    let json = try JSONCoding.encodeValue(memory)
    #expect(try Fixture.memorySchema().faults(of: json) == [])
    #expect(MemoryData(json) == memory)
    return memory
  }
}
