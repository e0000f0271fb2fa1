import Testing

@testable import LocalLambda

@Suite struct PhrasePatternTests {
  private func sentence(_ text: String) throws -> Sentence { try #require(Sentence.split(text).first) }

  @Test func beginsWhereItIsAsked() throws {
    let pattern = PhrasePattern("in <number> <days|weeks>")
    let sentence = try sentence("See you in three days, or in two weeks.")
    #expect(pattern.match(in: sentence, language: .english)?.range == 2..<5)
    let second = pattern.match(at: 6, in: sentence, language: .english)
    #expect(second?.range == 6..<9)
    #expect(second?.captures == ["two", "weeks"])
    for start in [0, 1, 3, 4, 5, 7, 8] {
      #expect(pattern.match(at: start, in: sentence, language: .english) == nil, "\(start)")
    }
  }

  @Test func anAnchorIsTheFirstWord() throws {
    let pattern = PhrasePattern("^this is <Name>")
    #expect(pattern.match(in: try sentence("This is Bo."), language: .english)?.captures == ["Bo"])
    let later = try sentence("Hello, this is Bo.")
    #expect(pattern.match(in: later, language: .english) == nil)
    #expect(pattern.match(at: 1, in: later, language: .english) == nil)
  }

  @Test(
    arguments: [
      ("I'm allergic to nuts", ["nuts"]), ("allergic to nuts", ["nuts"]), ("I'm not allergic to nuts", nil),
      ("never allergic to nuts", nil),
    ] as [(String, [String]?)])
  func isNotBehindWhatTurnsItAround(text: String, captures: [String]?) throws {
    let pattern = PhrasePattern("!not|never allergic to <rest>")
    #expect(pattern.match(in: try sentence(text), language: .english)?.captures == captures)
  }
}
