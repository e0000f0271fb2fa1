import JSON
import Testing

@Suite struct JSONObjectTests {
  @Test(arguments: [3, 40])
  func lastOfEqualNamesCountsAtThePlaceOfTheFirst(size: Int) throws {
    let filler = (0..<size).map { #""k\#($0)":\#($0)"# }.joined(separator: ",")
    let value = try JSONValue(parsing: #"{"a":1,\#(filler),"a":2,"a":3}"#)
    #expect(value["a"] == 3)
    #expect(value.objectValue?.count == size + 1)
    #expect(value.objectValue?.members.first?.name == "a")
  }

  @Test func namesAreComparedByBytes() throws {
    let value = try JSONValue(parsing: #"{"\u00e9":1,"e\u0301":2}"#)
    #expect(value.objectValue?.count == 2)
    #expect(value["\u{e9}"] == 1)
    #expect(value["e\u{301}"] == 2)
  }

  @Test func orderDoesNotMatterForEquality() throws {
    let left = try JSONValue(parsing: #"{"a":1,"b":[2]}"#)
    let right = try JSONValue(parsing: #"{"b":[2],"a":1}"#)
    #expect(left == right)
    #expect(left.hashValue == right.hashValue)
    #expect(left != ["a": 1])
    #expect(left != ["a": 1, "b": [3]])
    #expect(left.serialized == #"{"a":1,"b":[2]}"#)
  }

  @Test func membersCanBeSetReplacedAndRemoved() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["a"] = "x"
    object["c"] = nil
    object["d"] = true
    object["b"] = nil
    #expect(JSONValue.object(object).serialized == #"{"a":"x","d":true}"#)
  }

  /// Names that look the same and are not: as text they would all have one hash.
  @Test func manyNamesThatLookTheSameAreReadInLinearTime() throws {
    let names = (0..<1 << 16).map { number in
      (0..<16).map { number >> $0 & 1 == 0 ? "\u{e9}" : "e\u{301}" }.joined()
    }
    let text = "{" + names.map { #""\#($0)":0"# }.joined(separator: ",") + "}"
    #expect(try JSONValue(parsing: text).objectValue?.count == 1 << 16)
  }

  @Test func manyMembersAreReadInLinearTime() throws {
    // A quadratic reader would need 10^10 comparisons here: the test ends or it does not.
    let text = "{" + (0..<100_000).map { #""\#($0)":0"# }.joined(separator: ",") + "}"
    #expect(try JSONValue(parsing: text).objectValue?.count == 100_000)
  }
}
