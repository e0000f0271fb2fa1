import JSON
import Testing

@testable import Brain

/// How JSON is read that a model wrote: as any other, but for characters that it cut in two.
@Suite struct AnswerJSONTests {
  private static let halves: [(String, String)] = [
    (#""\ud83d""#, "\u{FFFD}"), (#""\ude00x""#, "\u{FFFD}x"), (#""\uD83Dx\uDE00""#, "\u{FFFD}x\u{FFFD}"),
    (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"), (#""\ud83d\n""#, "\u{FFFD}\n"), (#""\\\ud83d""#, "\\\u{FFFD}"),
  ]

  @Test(arguments: halves)
  func halfACharacterIsReplaced(text: String, expected: String) throws {
    #expect(try JSONValue(parsingAnswer: Array(text.utf8)) == .string(expected))
  }

  @Test(arguments: [#""\ud83d\ude00""#, #""\\ud83d""#, #""\u00e9\u0000\"""#, #"{"a":[1,"b"]}"#])
  func everythingElseIsReadAsItStands(text: String) throws {
    #expect(try JSONValue(parsingAnswer: Array(text.utf8)) == JSONValue(parsing: text))
  }

  @Test(arguments: [#""\"#, #""\u"#, #""\ud83"#, #""\ud83d\"#, #""\ud83d\u""#, #"{"a":"\ud83d"#])
  func tornAnswerIsStillAFault(text: String) {
    #expect(throws: JSONParseError.self) { try JSONValue(parsingAnswer: Array(text.utf8)) }
  }

  @Test func memoryWithHalfAnEmojiIsRead() throws {
    let whole = ExtractionTests.answer.serialized
    let beginning = #"{"title":"T"#
    try #require(whole.hasPrefix(beginning))
    let broken = beginning + #"\ud83d"# + String(whole.dropFirst(beginning.count))
    #expect(try Extraction(parsing: broken).title == "T\u{FFFD}")
  }
}
