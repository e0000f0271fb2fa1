import JSON
import Testing

@testable import LocalLambda

/// Texts that XML cannot hold, or that are none: every answer can be read, and what others would be shown is refused.
@Suite struct QueueTextTests {
  @Test(arguments: ["%00", "%01", "%1F", "%EF%BF%BE", "%EF%BF%BF"])
  func anAnswerIsXMLWhateverItQuotes(character: String) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let answer = try await sqs.query("Action=DeleteMessage&QueueUrl=q&ReceiptHandle=x%0D\(character)%3Cy")
      #expect(answer.text.contains("The input receipt handle &quot;x&#xD;\u{FFFD}&lt;y&quot; is not"), "\(answer.text)")
      #expect(answer.body.allSatisfy { $0 >= 0x20 })
    }
  }

  @Test(
    arguments: [
      (
        "SendMessage",
        [
          "QueueUrl": "q", "MessageBody": "x",
          "MessageSystemAttributes": ["AWSTraceHeader": ["DataType": "String", "StringValue": "Root=\u{1}"]],
        ]
      ),
      (
        "SendMessage",
        [
          "QueueUrl": "q", "MessageBody": "x",
          "MessageAttributes": ["a": ["DataType": "String.\u{1}", "StringValue": "v"]],
        ]
      ),
      ("TagQueue", ["QueueUrl": "q", "Tags": ["k\u{0}": "v"]]),
      ("TagQueue", ["QueueUrl": "q", "Tags": ["k": "\u{FFFF}"]]),
      ("CreateQueue", ["QueueName": "other", "tags": ["k\u{1F}": "v"]]),
    ] as [(String, JSONValue)])
  func whatOthersCouldNotReadIsRefused(action: String, input: JSONValue) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let answer = try await sqs.json(action, input)
      #expect(answer.status == 400)
      #expect(answer.headers.header("x-amzn-query-error") == "InvalidParameterValue;Sender")
      #expect(try await sqs.service.counts(of: "q").total == 0)
      #expect(try await sqs.json("ListQueueTags", ["QueueUrl": "q"]).text == "{}")
      #expect(try await sqs.json("GetQueueUrl", ["QueueName": "other"]).status == 400)
    }
  }

  @Test(
    arguments: [
      ["DataType": "Number", "StringValue": "1"], ["DataType": "String.trace", "StringValue": "Root=1"],
      ["DataType": "Binary", "BinaryValue": "AQID"], ["StringValue": "Root=1"],
    ] as [JSONValue])
  func aTraceHeaderIsAString(value: JSONValue) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let answer = try await sqs.json(
        "SendMessage",
        ["QueueUrl": "q", "MessageBody": "x", "MessageSystemAttributes": ["AWSTraceHeader": value]])
      #expect(answer.status == 400)
      #expect(answer.headers.header("x-amzn-query-error") == "InvalidParameterValue;Sender")
      #expect(try await sqs.service.counts(of: "q").total == 0)
    }
  }

  @Test func aFormThatIsNotUTF8IsRefused() async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let form = Array("Action=SendMessage&QueueUrl=q&MessageBody=x".utf8)
      for wrong: [UInt8] in [Array("%FFy".utf8), [0xFF, 0x79], Array("%C3".utf8)] {
        let answer = try await sqs.send(
          "POST", "/", [("content-type", "application/x-www-form-urlencoded")], form + wrong)
        #expect(answer.status == 400)
        #expect(answer.text.contains("<Code>InvalidMessageContents</Code>"), "\(answer.text)")
      }
      #expect(try await sqs.service.counts(of: "q").total == 0)
      #expect(try await sqs.query("Action=SendMessage&QueueUrl=q&MessageBody=gr%C3%BC%C3%9Fe").status == 200)
      #expect(try await sqs.service.bodies(of: "q") == ["grüße"])
    }
  }
}
