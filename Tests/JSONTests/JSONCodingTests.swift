import JSON
import Testing

@Suite struct JSONCodingTests {
  private struct Everything: Codable, Equatable {
    enum Kind: String, Codable { case small, large }
    struct Part: Codable, Equatable { var name: String }

    var flag: Bool
    var text: String
    var ratio: Double
    var byte: UInt8
    var large: UInt64
    var small: Int64
    var kind: Kind
    var absent: Int?
    var parts: [Part]
    var nested: [[Int]]
    var table: [String: Int]
    var headers: [String: String]
    var any: JSONValue
    var anyOrNothing: JSONValue?
  }

  private let everything = Everything(
    flag: true, text: "é", ratio: 0.5, byte: 255, large: .max, small: .min, kind: .large, absent: nil,
    parts: [.init(name: "a"), .init(name: "b")], nested: [[1], [], [2, 3]], table: ["x": 1], headers: ["h": "v"],
    any: ["n": [.null, 1]], anyOrNothing: nil)

  @Test func roundTrip() throws {
    let bytes = try JSONCoding.encode(everything)
    #expect(try JSONCoding.decode(Everything.self, from: bytes) == everything)
    let value = try JSONValue(parsing: bytes)
    #expect(value["large"] == .number(JSONNumber(UInt64.max)))
    #expect(value["absent"] == nil)
    #expect(value["kind"] == "large")
    #expect(value["nested"] == [[1], [], [2, 3]])
  }

  @Test func anyJSONKeepsItsNumbers() throws {
    let text = #"{"v":{"n":12345678901234567890.10,"e":1e21}}"#
    let decoded = try JSONCoding.decode([String: JSONValue].self, from: Array(text.utf8))
    #expect(decoded["v"]?.serialized == #"{"n":12345678901234567890.10,"e":1e21}"#)
  }

  @Test func nullCountsAsMissingButForAnyJSON() throws {
    struct Optionals: Codable, Equatable {
      var text: String?
      var any: JSONValue?
    }
    #expect(
      try JSONCoding.decode(Optionals.self, from: ["text": .null, "any": .null])
        == Optionals(text: nil, any: .some(.null)))
    #expect(try JSONCoding.decode(Optionals.self, from: [:]) == Optionals(text: nil, any: nil))
  }

  @Test func optionalsStandAnywhere() throws {
    #expect(try JSONCoding.decode(String?.self, from: "x") == "x")
    #expect(try JSONCoding.decode([String: Int]?.self, from: ["a": 1]) == ["a": 1])
    #expect(try JSONCoding.decode(Int?.self, from: .null) == nil)
    #expect(try JSONCoding.decode([Int?].self, from: [1, .null, 2]) == [1, nil, 2])
    #expect(try JSONCoding.encodeValue([1, nil, 2] as [Int?]) == [1, .null, 2])
  }

  @Test(arguments: [
    (#"{"name":1}"#, ["name"]), (#"{"name":null}"#, ["name"]), (#"{}"#, []), (#"[]"#, []), (#""x""#, []),
  ])
  func faultsAreNamedByTheirPath(text: String, path: [String]) throws {
    struct Part: Codable { var name: String }
    let error = try #require(throws: DecodingError.self) {
      try JSONCoding.decode(Part.self, from: Array(text.utf8))
    }
    let context =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context): context
      case .dataCorrupted(let context): context
      @unknown default: DecodingError.Context(codingPath: [], debugDescription: "")
      }
    #expect(context.codingPath.map(\.stringValue) == path)
  }

  @Test(arguments: ["300", "-1", "1.5", "1e1"])
  func wholeNumbersMustFit(text: String) {
    #expect(throws: DecodingError.self) { try JSONCoding.decode([UInt8].self, from: Array("[\(text)]".utf8)) }
  }

  @Test func notANumberIsRefused() {
    #expect(throws: EncodingError.self) { try JSONCoding.encode([Double.nan]) }
  }
}
