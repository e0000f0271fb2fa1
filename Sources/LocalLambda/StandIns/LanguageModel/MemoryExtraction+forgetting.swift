extension MemoryExtraction {
  /// Whether a sentence asks for something to be forgotten.
  func isForgetting(_ sentence: Sentence, _ language: Language) -> Bool {
    subjectToForget(sentence, language) != nil
  }

  /// What a sentence asks to be forgotten, in the user's words: `my allergy`, `where I live`.
  func subjectToForget(_ sentence: Sentence, _ language: Language) -> String? {
    for pattern in language.forget {
      if let match = pattern.match(in: sentence, language: language) { return match.captures.joined(separator: " ") }
    }
    return nil
  }

  /// Takes back the known facts about something, and those that were found before it was to be forgotten.
  mutating func forget(_ subject: String, _ language: Language, _ ref: String) {
    let about = contentWords(subject)
    let words = Set(Sentence(subject[...]).words.map(\.folded))
    let shapes = language.facts.filter { !$0.called.isDisjoint(with: words) }.map { $0.shape() }
    func isMeant(_ fact: String) -> Bool {
      shapes.contains { $0.fits(fact) } || !about.isDisjoint(with: contentWords(fact))
    }
    let known = transcript.knownFacts.filter { isMeant($0.text) }
    for fact in known where !answer.retracted.contains(where: { $0.ref == fact.ref }) {
      answer.retracted.append(.init(ref: fact.ref, why: "user_asked_to_forget", evidence: [ref]))
    }
    let found = answer.facts.filter { isMeant($0.text) }
    answer.facts = answer.facts.filter { !isMeant($0.text) }
    answer.entities.removeAll { entity in found.contains { $0.text.contains(entity.name) } }
    for text in [subject] + known.map(\.text) + found.map(\.text) { forgotten.formUnion(contentWords(text)) }
  }

  /// Whether a sentence says what was to be forgotten, or that it was to be.
  func tellsForgotten(_ sentence: Sentence, _ language: Language) -> Bool {
    isForgetting(sentence, language) || !forgotten.isDisjoint(with: contentWords(String(sentence.text)))
  }

  /// The text of an earlier summary, without the sentences about what was to be forgotten since.
  func withoutForgotten(_ text: String) -> String {
    guard !forgotten.isEmpty else { return text }
    return Sentence.split(text).filter { !tellsForgotten($0, language) }.map { String($0.text) }.joined(separator: " ")
  }
}
