import JSON
import Testing

@Suite struct JSONValueTests {
  @Test func writesCompactJSONWithEscapes() {
    let value: JSONValue = [
      "s": "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1f}\u{7f}é😀\0", "n": [1, 2.5, .null, true, false], "e": [:],
    ]
    #expect(
      value.serialized
        == #"{"s":"\"\\/\b\f\n\r\t\u0001\u001f"# + "\u{7f}é😀" + #"\u0000","n":[1,2.5,null,true,false],"e":{}}"#)
  }

  @Test func whatIsWrittenReadsBackTheSame() throws {
    let value: JSONValue = [
      "text": .string(String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init)))),
      "numbers": .array([JSONNumber(text: "1e21"), JSONNumber(text: "0.1")].compactMap { $0 }.map(JSONValue.number)),
    ]
    #expect(try JSONValue(parsing: value.serialized) == value)
  }

  @Test func writerAppends() {
    var writer = JSONWriter(capacity: 64)
    writer.raw(#"{"id":"#)
    writer.integer(Int64.max)
    writer.raw(#","text":"#)
    writer.string("a\"b")
    writer.raw(",\"more\":")
    writer.raw(Array("[1]".utf8))
    writer.raw("}")
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"id":9223372036854775807,"text":"a\"b","more":[1]}"#)
  }

  private static let numbers: [(String, Int64?, Double?)] = [
    ("7", 7, 7.0), ("-9223372036854775808", Int64.min, -9.223372036854775808e18), ("9223372036854775808", nil, 0x1p63),
    ("1.0", nil, 1.0), ("1e2", nil, 100.0), ("1e400", nil, nil),
  ]

  @Test(arguments: numbers)
  func numbersConvertOnlyWhenExact(text: String, integer: Int64?, double: Double?) throws {
    let number = try #require(JSONNumber(text: text))
    #expect(number.int64 == integer)
    #expect(number.double == double)
  }

  @Test(arguments: ["", " 1", "1 ", "01", "0x1", "nan", "true", "[1]"])
  func textThatIsNoNumberIsRefused(text: String) {
    #expect(JSONNumber(text: text) == nil)
  }

  @Test func doublesThatJSONCannotWriteAreRefused() {
    #expect(JSONNumber(Double.infinity) == nil)
    #expect(JSONNumber(Double.nan) == nil)
    #expect(JSONNumber(1e21)?.text == "1e+21")
  }

  @Test func accessorsAnswerOnlyForTheirOwnKind() {
    let value: JSONValue = ["s": "x", "i": 1, "b": true, "a": [1], "n": .null]
    #expect(value["s"]?.stringValue == "x")
    #expect(value["i"]?.int64Value == 1)
    #expect(value["b"]?.boolValue == true)
    #expect(value["a"]?.arrayValue == [1])
    #expect(value["n"]?.isNull == true)
    #expect(value["missing"] == nil)
    #expect(value["s"]?.int64Value == nil)
    #expect(value["i"]?.stringValue == nil)
    #expect(value["a"]?["x"] == nil)
  }

  @Test func pointersAreEscaped() {
    #expect(JSONPointer.escape("a/b~c") == "a~1b~0c")
    #expect(JSONPointer.escape("plain") == "plain")
  }
}
