import JSON
import Testing

@Suite struct JSONParserTests {
  private static let documents: [(String, JSONValue)] = [
    ("null", JSONValue.null), (" true\n", true), ("false", false), (#""""#, ""), ("[]", []), ("{}", [:]),
    ("[1,[2,{}],\"x\"]", [1, [2, [:]], "x"]), (#"{"a":{"b":[null]}}"#, ["a": ["b": [.null]]]),
    (#""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC""#, "\"\\/\u{8}\u{C}\n\r\tAé€"),
    (#""\uD83D\uDE00 😀""#, "😀 😀"), (#""\u0000""#, "\0"), (#""\ufffe\uFFFF""#, "\u{FFFE}\u{FFFF}"),
  ]

  @Test(arguments: documents)
  func readsWhatTheGrammarAllows(text: String, expected: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == expected)
  }

  @Test(arguments: [
    "0", "-0", "12345678901234567890", "1e21", "1E+2", "0.10", "-1.5e-300", "1e400", "9223372036854775808",
  ])
  func keepsANumbersText(text: String) throws {
    #expect(try JSONValue(parsing: "[\(text)]").serialized == "[\(text)]")
  }

  @Test(arguments: [
    "", " ", "nul", "nulls", "True", "01", "-", "+1", ".5", "1.", "1e", "1e+", "0x10", "NaN", "Infinity", "1 2", "[1,]",
    "[1", "[,1]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{\"a\":1", "]", "'a'",
    "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\ud800\"",
    "\"\\ud800x\"", "\"\\uD800\\n\"", "\"\u{1}\"", "\"\n\"", "// x\n1", "\u{FEFF}1", "\u{A0}1", "\"\\u００００\"",
  ])
  func refusesWhatTheGrammarDoesNotAllow(text: String) {
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: text) }
  }

  private static let invalidUTF8: [([UInt8], Int)] = [
    ([0x22, 0xFF, 0x22], 1), ([0x22, 0x61, 0xC3, 0x22], 2), ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
    ([0x22, 0xC0, 0xAF, 0x22], 1), ([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], 1),
    ([0x22, 0xC3, 0xA9, 0x5C, 0x6E, 0xC3, 0xA9, 0x80, 0x22], 7),
  ]

  @Test(arguments: invalidUTF8)
  func refusesWhatIsNotUTF8(bytes: [UInt8], offset: Int) throws {
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: bytes) }
    #expect(error.offset == offset)
    #expect(error.reason.contains("UTF-8"))
  }

  @Test func saysWhereTheFaultIs() throws {
    let text = "{\n  \"a/b~\": [1, 2,\n    {\"x\": tru}]\n}"
    let error = try #require(throws: JSONParseError.self) { try JSONValue(parsing: text) }
    #expect(error.line == 3)
    #expect(error.column == 11)
    #expect(error.offset == 29)
    #expect(error.pointer == "/a~1b~0/2/x")
    #expect(error.description == "A value is expected here; did you mean true? (line 3, column 11)")
  }

  @Test func limitsTheDepth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try JSONValue(parsing: nested(128)) }
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: nested(129)) }
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: nested(1_000_000)) }
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: Array("{\"a\":[]}".utf8), maximumDepth: 1) }
    // Depth is how deep, not how many.
    #expect(try JSONValue(parsing: Array("[[],[],[]]".utf8), maximumDepth: 2).arrayValue?.count == 3)
  }

  @Test func readsBytesThatAreNotContiguous() throws {
    let bytes = Array(#"["a",1]"#.utf8)
    #expect(try JSONValue(parsing: bytes.reversed().reversed() as ReversedCollection) == ["a", 1])
  }
}
