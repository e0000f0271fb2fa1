import Testing

@testable import LocalLambda

/// Lambda's table of bodies against patterns, and what goes beside the body.
@Suite struct FilterCriteriaTests {
  private func record(_ body: String) -> SQSRecord {
    SQSRecord(
      ReceivedMessage(
        messageID: "id", receiptHandle: "handle", body: body, bodyDigest: "digest",
        systemAttributes: ["ApproximateReceiveCount": "2", "MessageGroupId": "g1"],
        attributes: ["kind": MessageAttribute(dataType: "String", value: .string("order"))], attributesDigest: "d"),
      queueARN: "arn:aws:sqs:eu-west-1:123456789012:q", region: "eu-west-1", isWindowed: false)
  }

  static let json = #"{"body":{"a":["x"]}}"#
  static let text = #"{"body":[{"prefix":"he"}]}"#
  static let metadata =
    #"{"attributes":{"MessageGroupId":["g1"]},"messageAttributes":{"kind":{"stringValue":["order"]}}}"#
  static let other = #"{"eventSourceARN":[{"suffix":":another"}]}"#

  @Test(arguments: [
    ([json], #"{"a":"x"}"#, true), ([json], #"{"a":"y"}"#, false), ([json], #"[{"a":"x"}]"#, true),
    ([json], "hello", false), ([json], "", false), ([json], #""{\"a\":\"x\"}""#, false),
    ([text], "hello", true), ([text], "hi", false), ([text], #"{"he":1}"#, false),
    ([metadata], "hello", true), ([metadata], #"{"a":"x"}"#, true), ([other], #"{"a":"x"}"#, false),
    ([json, text], "hello", true), ([json, text], #"{"a":"x"}"#, true), ([json, text], #"{"a":"y"}"#, false),
    ([other, metadata], "x", true), ([], "x", true),
    ([#"{"body":{"a":["x"]},"attributes":{"MessageGroupId":["g2"]}}"#], #"{"a":"x"}"#, false),
  ])
  func matches(patterns: [String], body: String, matches: Bool) throws {
    #expect(try FilterCriteria(patterns: patterns).matches(record(body)) == matches)
  }

  @Test func thereAreFiveFiltersOf4096CharactersAtMost() throws {
    _ = try FilterCriteria(patterns: Array(repeating: Self.json, count: 5))
    #expect(throws: EventPatternError.self) {
      try FilterCriteria(patterns: Array(repeating: Self.json, count: 6))
    }
    func pattern(_ length: Int) -> String { #"{"body":[""# + String(repeating: "x", count: length - 13) + #""]}"# }
    #expect(pattern(4_096).count == 4_096)
    _ = try FilterCriteria(patterns: [pattern(4_096)])
    #expect(throws: EventPatternError.self) { try FilterCriteria(patterns: [pattern(4_097)]) }
  }
}
