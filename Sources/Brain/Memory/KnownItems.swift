/// Which active facts and open items of a memory the model is shown, so that its answer can refer to them: of more than
/// fit those confirmed last. The others stay as they are.
struct KnownItems {
  static let maximumFacts = 150

  /// Indices in the memory's facts, in order.
  private(set) var facts: [Int] = []
  /// Indices in the memory's open items, in order.
  private(set) var openItems: [Int] = []
  /// About how many tokens they are together.
  private(set) var tokens = 0

  private struct Candidate {
    var index: Int
    var isFact: Bool
    var lastMessage: Int64
    var tokens: Int

    init(index: Int, isFact: Bool, text: String, evidence: [Int64]) {
      self.index = index
      self.isFact = isFact
      lastMessage = evidence.max() ?? 0
      tokens = Transcript.tokens(text) + Transcript.overhead
    }
  }

  /// They take half as many tokens as the window's messages at most, and so become fewer when the window is halved.
  init(of memory: MemoryData?, windowTokens: Int) {
    var candidates: [Candidate] = []
    for (index, fact) in (memory?.facts ?? []).enumerated() where fact.status == .active {
      candidates.append(Candidate(index: index, isFact: true, text: fact.text, evidence: fact.evidence))
    }
    for (index, item) in (memory?.openItems ?? []).enumerated() where item.status == .open {
      candidates.append(Candidate(index: index, isFact: false, text: item.text, evidence: item.evidence))
    }
    candidates.sort { ($0.lastMessage, $0.index) > ($1.lastMessage, $1.index) }
    for candidate in candidates {
      guard tokens + candidate.tokens <= windowTokens / 2 else { continue }
      // References are counted: a schema may have so many enum values and no more.
      if candidate.isFact, facts.count < Self.maximumFacts {
        facts.append(candidate.index)
      } else if !candidate.isFact, openItems.count < MemoryMerge.maximumOpenItems {
        openItems.append(candidate.index)
      } else {
        continue
      }
      tokens += candidate.tokens
    }
    facts.sort()
    openItems.sort()
  }
}
