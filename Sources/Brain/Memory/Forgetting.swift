/// What the user asked to forget in a window, and what would give it away elsewhere in the memory.
///
/// Texts are compared by their words, and rather too much is forgotten than too little: one telling word is enough. A
/// word tells with six letters, or with two characters if it has a digit, or a capital within a sentence. What a fact
/// that remains says gives nothing away.
struct Forgetting {
  /// Of each forgotten text the telling words.
  private var telling: [Set<String>] = []
  /// All words of the forgotten texts.
  private var said: Set<String> = []
  /// The words of the facts that remain.
  private var kept: Set<String> = []
  /// The messages that said what is forgotten.
  private var evidence: Set<Int64> = []
  /// The last message that asked to forget.
  private var askedIn: Int64 = 0
  /// Whether a text is one word, as all are in scripts without spaces: then nothing can be compared with it.
  private(set) var isOpaque = false

  /// Whether nothing is to be forgotten.
  var isEmpty: Bool { telling.isEmpty }

  /// Blanks a fact: its id stays, so that it stays forgotten.
  mutating func forget(_ fact: inout MemoryData.Fact, askedIn messageID: Int64) {
    guard fact.text != MemoryMerge.forgotten else { return }
    let words = Self.words(of: fact.text)
    telling.append(Set(words.filter(\.isTelling).map(\.text)))
    said.formUnion(words.map(\.text))
    evidence.formUnion(fact.evidence)
    askedIn = max(askedIn, messageID)
    isOpaque = isOpaque || words.count < 2
    fact.text = MemoryMerge.forgotten
    fact.validFrom = nil
    fact.validTo = nil
  }

  /// What these facts say remains.
  mutating func keep(_ texts: [String]) {
    for text in texts { kept.formUnion(Self.words(of: text).map(\.text)) }
  }

  // MARK: Traces

  /// Whether a text has a telling word, or none but words of what is forgotten.
  func givesAway(_ text: String) -> Bool {
    guard !isEmpty else { return false }
    let words = Set(Self.words(of: text).map(\.text))
    guard !words.isSubset(of: kept) else { return false }
    let secrets = Set(telling.joined().filter { !kept.contains($0) }.map(Self.stem))
    return words.isSubset(of: said) || words.contains { !kept.contains($0) && secrets.contains(Self.stem($0)) }
  }

  /// Whether an entity goes with what is forgotten: its name gives that away, or it rests on the same messages only.
  func takesAlong(entity name: String, evidence: [Int64]) -> Bool {
    if givesAway(name) { return true }
    return self.evidence.isSuperset(of: evidence) && !kept.isSuperset(of: Self.words(of: name).map(\.text))
  }

  /// Whether an open item does. It may be about something else that the same message said: only where no words can be
  /// compared it goes with the message.
  func takesAlong(openItem text: String, evidence: [Int64]) -> Bool {
    givesAway(text) || isOpaque && self.evidence.isSuperset(of: evidence)
  }

  /// Whether a fact says again all that was telling in what is forgotten, and was not said after that.
  func isRepeated(by text: String, saidIn messageID: Int64) -> Bool {
    guard messageID <= askedIn else { return false }
    let stems = Set(Self.words(of: text).map { Self.stem($0.text) })
    return telling.contains { !$0.isEmpty && stems.isSuperset(of: $0.map(Self.stem)) }
  }

  // MARK: Words

  private struct Word {
    /// In lower case.
    var text: String
    var isTelling: Bool
  }

  private static func words(of text: String) -> [Word] {
    var words: [Word] = []
    var beginsSentence = true
    for piece in text.split(whereSeparator: { $0.isWhitespace || "'’,;/".contains($0) }) {
      let word = piece.trimmedToWord
      let isCapitalised = !beginsSentence && word.first?.isUppercase == true
      beginsSentence = piece.last.map { ".!?:".contains($0) } == true
      guard !word.isEmpty else { continue }
      let isTelling = word.count > 5 || word.count > 1 && (isCapitalised || word.contains(where: \.isNumber))
      words.append(Word(text: word.lowercased(), isTelling: isTelling))
    }
    return words
  }

  /// What `allergy` and `allergic`, `peanut` and `peanuts` have in common; a number is itself.
  private static func stem(_ word: String) -> String {
    word.contains(where: \.isNumber) ? word : String(word.prefix(6))
  }
}
