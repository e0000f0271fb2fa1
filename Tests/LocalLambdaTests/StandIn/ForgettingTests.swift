import Testing

@testable import LocalLambda

/// What the stand-in does when a user asks it to forget something.
@Suite struct ForgettingTests {
  private static func known(_ texts: String...) -> [Transcript.Known] {
    texts.enumerated().map { Transcript.Known(ref: "f\($0.offset + 1)", kind: "fact", text: $0.element) }
  }

  @Test(arguments: [
    ("Please forget where I live", "The user lives in Hamburg."),
    ("Can you forget my name?", "The user's name is Ana."), ("Forget how old I am.", "The user is 34 years old."),
    ("Please forget where I work.", "The user works at Siemens."),
    ("Forget that I'm a vegetarian", "The user is vegetarian."), ("Bitte vergiss meinen Namen", "Heißt Ana."),
    ("Vergiss bitte, wo ich wohne.", "Wohnt in Köln."), ("Oubliez mon nom, s'il vous plaît.", "S'appelle Camille."),
    ("Por favor, olvide mi nombre.", "Se llama Mateo."), ("Grazie, dimentichi dove abito.", "Abita a Roma."),
    ("Por favor, esqueça meu nome. Obrigada.", "Chama-se Beatriz."),
  ]) func isTakenBackByWhatItIsCalled(_ said: String, _ fact: String) {
    let memory = MemoryExtractionTests.memory(
      "u: \(said)", known: Self.known("The user is allergic to peanuts.", fact))
    #expect(memory.retracted.map(\.ref) == ["f2"])
    #expect(memory.openItems.isEmpty && memory.facts.isEmpty)
  }

  @Test(arguments: [
    "Don't forget where I live.", "Please do not forget my allergy.", "Did you forget my allergy?",
    "I always forget my allergy pills.", "I will forget my allergy pills.", "I often forget my allergy.",
    "I do not remember my address.", "Bitte nicht vergessen: meine Allergie!",
    "Por favor, no olvide mi alergia.",
  ]) func whoDoesNotWantThatIsNotForgotten(_ said: String) {
    let memory = MemoryExtractionTests.memory(
      "u: \(said)",
      known: Self.known(
        "The user lives in Hamburg.", "The user is allergic to peanuts.", "The user's address is Kanaalstraat 18.",
        "Ist allergisch gegen Nüsse.", "Tiene alergia: nueces."))
    #expect(memory.retracted.isEmpty)
  }

  @Test func whatIsSaidBeforeIsGoneAndWhatIsSaidAfterwardsIsKept() {
    let memory = MemoryExtractionTests.memory(
      "u: I live in Bremen.", "a: Noted.", "u: Please forget where I live. I now live in Munich.",
      known: Self.known("The user lives in Hamburg."))
    #expect(memory.retracted.map(\.ref) == ["f1"])
    #expect(memory.facts.map(\.text) == ["The user lives in Munich."])
    #expect(memory.facts.map(\.replaces) == [nil])
    #expect(memory.entities.map(\.name) == ["Munich"])
  }

  @Test func titleAndSummaryDoNotTellIt() {
    let memory = MemoryExtractionTests.memory(
      "u: I am allergic to peanuts and need a table.", "u: Forget about my allergy, please.",
      "a: The peanut allergy is forgotten.")
    #expect(memory.facts.isEmpty)
    #expect(memory.title.isEmpty, "\(memory.title)")
    #expect(memory.summary.isEmpty, "\(memory.summary)")
  }

  @Test func theSummaryBeforeLosesIt() {
    let message = Transcript.Message(ref: "m1", role: "user", at: nil, text: "Please forget my allergy.")
    let transcript = Transcript(
      purpose: .memory, summarySoFar: "Ana wanted a table. The user is allergic to peanuts.",
      knownFacts: Self.known("The user is allergic to peanuts."), messages: [message])
    #expect(MemoryExtraction.answer(to: transcript).summary == "Ana wanted a table.")
  }
}
