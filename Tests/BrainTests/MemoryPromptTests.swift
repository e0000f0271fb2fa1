import ConversationAPI
import JSON
import Testing

@testable import Brain

@Suite struct MemoryPromptTests: MergeSuite {
  @Test func secretAtTheEdgeOfWhatIsShownOfAnEarlierMessageIsTakenOut() {
    // Of a long message the first and the last 300 bytes are shown: both end in the middle of a key.
    let key = "sk-abcdefghijklmnop1234"
    let words = [
      String(repeating: "a", count: 289), key, String(repeating: "b", count: 600), key,
      String(repeating: "c", count: 289),
    ]
    let text = words.joined(separator: " ")
    let message = Message(id: 1, role: .user, content: text, createdAt: "2026-03-02T09:00:00Z")
    let prompt = MemoryPrompt(previous: nil, earlier: [message], window: [], windowTokens: 12_000)
    let shown = prompt.document["earlier_messages"]?.arrayValue?.first?["text"]?.stringValue ?? ""
    #expect(shown.hasPrefix("aaa") && shown.hasSuffix("ccc"))
    #expect(!shown.contains("sk-abc"))
    #expect(!shown.contains("1234"))
  }

  /// Ten facts of about 119 tokens and an open item of as many, then one of the facts again and a short open item.
  private func manyKnown() throws -> MemoryData {
    func text(_ number: Int) -> String { "Fact \(number) " + String(repeating: "x", count: 272) }
    let once = try merge(
      extraction(
        facts: (0..<10).map { fact(text($0), ["m\(2 * $0 + 1)"]) },
        openItems: [.init(text: text(10), owner: .assistant, due: nil, evidence: ["m1"])]), 1...20)
    return try merge(
      extraction(
        facts: [fact(text(0), ["m1"])],
        openItems: [.init(text: "Call back.", owner: .assistant, due: nil, evidence: ["m2"])]), into: once, 21...22)
  }

  private func shown(_ list: String, in prompt: MemoryPrompt) -> [String] {
    (prompt.document[list]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.map { String($0.prefix(6)) }
  }

  @Test func knownItemsThatWereConfirmedLastAreShownAsFarAsHalfAWindowGoes() throws {
    let memory = try manyKnown()
    let window = messages(23...24)
    let prompt = MemoryPrompt(previous: memory, earlier: [], window: window[...], windowTokens: 800)
    #expect(shown("known_facts", in: prompt) == ["Fact 0", "Fact 8", "Fact 9"])
    #expect(prompt.facts == ["f1": 0, "f2": 8, "f3": 9])
    #expect(shown("known_open_items", in: prompt) == ["Call b"])
    #expect(prompt.openItems == ["o1": 1])

    let half = MemoryPrompt(previous: memory, earlier: [], window: window[...], windowTokens: 400)
    #expect(shown("known_facts", in: half) == ["Fact 0"])
    let whole = MemoryPrompt(previous: memory, earlier: [], window: window[...], windowTokens: 12_000)
    #expect(whole.facts.count == 10)
    #expect(whole.openItems.count == 2)
  }

  @Test func knownItemsAreNoMoreThanTheSchemaHasRoomFor() throws {
    var memory = try manyKnown()
    memory.facts = (0..<300).map { _ in memory.facts[0] }
    memory.openItems = (0..<300).map { _ in memory.openItems[1] }
    let known = KnownItems(of: memory, windowTokens: 1_000_000)
    #expect(known.facts.count == 150)
    #expect(known.openItems.count == 50)
  }
}
