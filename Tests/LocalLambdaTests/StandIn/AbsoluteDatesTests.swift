import GregorianCalendar
import Testing

@testable import LocalLambda

@Suite struct AbsoluteDatesTests {
  @Test(arguments: [
    ("en", "See you tomorrow.", "See you tomorrow (2026-03-03)."),
    ("en", "on Friday 6 March", "on Friday 6 March (2026-03-06)"),
    ("en", "on Monday", "on Monday (2026-03-09)"), ("en", "in three days", "in three days (2026-03-05)"),
    ("en", "the day after tomorrow", "the day after tomorrow (2026-03-04)"),
    ("en", "March 6th, 2027", "March 6th, 2027 (2027-03-06)"),
    ("en", "in two weeks, not in 2 days", "in two weeks (2026-03-16), not in 2 days (2026-03-04)"),
    ("en", "on 30 June", "on 30 June (2026-06-30)"), ("en", "on 1 January", "on 1 January (2026-01-01)"),
    ("en", "on 25 December", "on 25 December (2026-12-25)"), ("en", "May I ask why?", "May I ask why?"),
    ("en", "31 February", "31 February"),
    ("de", "Guten Morgen, ich komme übermorgen", "Guten Morgen, ich komme übermorgen (2026-03-04)"),
    ("de", "am 6. März um 9", "am 6. März (2026-03-06) um 9"), ("de", "in 2 Wochen", "in 2 Wochen (2026-03-16)"),
    ("fr", "pour le 14 avril", "pour le 14 avril (2026-04-14)"), ("fr", "à demain", "à demain (2026-03-03)"),
    ("es", "el 6 de marzo", "el 6 de marzo (2026-03-06)"),
    ("es", "por la mañana, hoy", "por la mañana, hoy (2026-03-02)"),
    ("es", "los lunes", "los lunes"), ("pt", "na quinta-feira", "na quinta-feira (2026-03-05)"),
    ("it", "domani alle 9", "domani (2026-03-03) alle 9"),
  ]) func makesAbsolute(_ tag: String, _ said: String, _ expected: String) throws {
    let language = try #require(Language.all.first { $0.tag == tag })
    let sentence = try #require(Sentence.split(said).first)
    let dates = AbsoluteDates(language: language, today: CivilDate(timestamp: "2026-03-02T09:00:00Z"))
    #expect(dates.annotate(sentence).text == expected)
  }

  @Test func onlyDatesAreRead() {
    #expect(CivilDate(timestamp: "2026-02-31T09:00:00Z") == nil)
    #expect(CivilDate(timestamp: "yesterday") == nil)
  }

  @Test(arguments: [
    ("One. Two! Three?", ["One.", "Two!", "Three?"]), ("It's Kestrel!42", ["It's Kestrel!42"]),
    ("Am 6. März um 9:30 Uhr. Gut.", ["Am 6. März um 9:30 Uhr.", "Gut."]),
    ("I've asked; they confirm", ["I've asked", "they confirm"]),
    ("", []), ("…", []), ("Dr. Who came.", ["Dr. Who came."]),
  ]) func splitsSentences(_ text: String, _ expected: [String]) {
    #expect(Sentence.split(text).map { String($0.text) } == expected)
  }
}
