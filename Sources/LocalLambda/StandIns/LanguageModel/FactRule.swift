/// A phrase of a user, and what is remembered when it is found.
struct FactRule: Sendable {
  /// How many such facts there are at a time; a new one replaces the old.
  enum Number: Sendable {
    case any
    case one
    /// One of each thing that the first capture names: of an interview, and of a wedding.
    case oneOfEach
    /// One of those that are about the same: aisle seats replace window seats.
    case oneOfAlike
  }

  let patterns: [PhrasePattern]
  let kind: MemoryAnswer.Fact.Kind
  /// The sentence to remember; `{1}`, `{2}` stand for what the pattern took, `{s1}` for it in the third person, `{a1}`
  /// for it with an article.
  let text: String
  /// Something with a name: which capture, and what it is.
  let entity: (capture: Int, type: MemoryAnswer.Entity.Kind)?
  let number: Number
  /// What users call it who want it forgotten: `my name`, `where I live`.
  let called: Set<String>

  init(
    _ kind: MemoryAnswer.Fact.Kind, _ text: String, _ patterns: String...,
    entity: (capture: Int, type: MemoryAnswer.Entity.Kind)? = nil, number: Number = .any, called: String = ""
  ) {
    self.kind = kind
    self.text = text
    self.patterns = patterns.map(PhrasePattern.init)
    self.entity = entity
    self.number = number
    self.called = Language.words(called)
  }
}

extension FactRule {
  /// How the texts of a rule's facts start and end, whatever stands between.
  struct Shape {
    let start: String
    let end: String

    func fits(_ text: String) -> Bool {
      text.hasPrefix(start) && (end.isEmpty || rest(of: text).firstRange(ofText: end) != nil)
    }

    /// What stands behind the start.
    func rest(of text: String) -> String { String(text.dropFirst(start.count)) }
  }

  /// The shape of facts of which there is one at a time; of `oneOfEach`, those of the thing that was taken.
  func shape(_ captures: [String] = []) -> Shape {
    let parts = text.split(separator: "{", omittingEmptySubsequences: false)
    let start = parts.prefix(number == .oneOfEach ? 2 : 1).joined(separator: "{")
    let end = text.lastIndex(of: "}").map { text[$0...].dropFirst().prefix { $0 != "." } } ?? ""
    return Shape(start: Self.fill(start, captures), end: String(end))
  }

  /// The sentence to remember, with what the pattern took in it.
  func fill(_ captures: [String]) -> String { Self.fill(text, captures) }

  private static func fill(_ text: String, _ captures: [String]) -> String {
    var filled = text
    for (index, capture) in captures.enumerated() {
      filled = filled.replacing("{\(index + 1)}", with: capture)
        .replacing("{s\(index + 1)}", with: thirdPerson(capture))
        .replacing("{a\(index + 1)}", with: withArticle(capture))
    }
    return filled.prefix(1).uppercased() + filled.dropFirst()
  }

  /// `answer calls` → `answers calls`
  private static func thirdPerson(_ phrase: String) -> String {
    guard let verb = phrase.split(separator: " ").first else { return phrase }
    let irregular = ["have": "has", "do": "does", "go": "goes", "be": "is"]
    let needsE = ["s", "x", "z", "ch", "sh"].contains { verb.hasSuffix($0) }
    return (irregular[verb.lowercased()] ?? verb + (needsE ? "es" : "s")) + phrase.dropFirst(verb.count)
  }

  /// `aisle` → `an aisle`
  private static func withArticle(_ phrase: String) -> String {
    let isVowel = phrase.first.map { "aeiouAEIOU".contains($0) } ?? false
    return (isVowel ? "an " : "a ") + phrase
  }
}
