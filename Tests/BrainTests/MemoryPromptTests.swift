import ConversationAPI
import JSON
import Testing

@testable import Brain

@Suite struct MemoryPromptTests {
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
}
