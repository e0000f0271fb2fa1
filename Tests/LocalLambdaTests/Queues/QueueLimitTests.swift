import JSON
import Testing

@testable import LocalLambda

/// The limits of tags and of attributes that are numbers.
@Suite struct QueueLimitTests {
  @Test(
    arguments: [
      ("", "v", "Tag keys must be between 1 and 128 characters in length."),
      (String(repeating: "\u{FC}", count: 129), "v", "Tag keys must be between 1 and 128 characters in length."),
      ("k", String(repeating: "\u{FC}", count: 257), "Tag values must be between 0 and 256 characters in length."),
      ("Aws:k", "v", "Tag keys must not begin with 'aws:', which is reserved for AWS."),
    ])
  func aTagBeyondTheLimitsIsRefused(key: String, value: String, says: String) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let tags = JSONValue.object([key: .string(value)])
      let calls: [(String, JSONValue)] = [
        ("TagQueue", ["QueueUrl": "q", "Tags": tags]), ("CreateQueue", ["QueueName": "other", "tags": tags]),
      ]
      for (action, input) in calls {
        let answer = try await sqs.json(action, input)
        #expect(answer.headers.header("x-amzn-query-error") == "InvalidParameterValue;Sender")
        #expect(answer.json?["message"] == .string(says))
      }
      #expect(try await sqs.json("ListQueueTags", ["QueueUrl": "q"]).text == "{}")
    }
  }

  @Test func aTagWithinTheLimitsIsTaken() async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let tags = JSONValue.object([
        String(repeating: "\u{FC}", count: 128): .string(String(repeating: "\u{FC}", count: 256)), "aws": "",
        "my:aws:key": "v",
      ])
      #expect(try await sqs.json("TagQueue", ["QueueUrl": "q", "Tags": tags]).status == 200)
      #expect(try await sqs.json("ListQueueTags", ["QueueUrl": "q"]).json == ["Tags": tags])
    }
  }

  private static func send(_ number: String) async throws -> QueueServerFixture.Answer {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let attribute: JSONValue = ["DataType": "Number", "StringValue": .string(number)]
      return try await sqs.json(
        "SendMessage", ["QueueUrl": "q", "MessageBody": "x", "MessageAttributes": ["n": attribute]])
    }
  }

  @Test(arguments: [
    "0", "-0", "+7", ".5", "5.", "-12.50", "1e5", "1E+5", "2.5e-3", "0e999", "1e126", "-1e126", "9.99e125", "1e-128",
    "0.001e-125", "12345678901234567890123456789012345678", "0.00012345678901234567890123456789012345678000",
    "100000000000000000000000000000000000000000000000000",
  ])
  func aNumberIsTaken(number: String) async throws {
    #expect(try await Self.send(number).status == 200)
  }

  @Test(arguments: [
    "nan", "inf", "-infinity", "0x10", "0x1p3", "1_000", "1,5", " 1", "1 ", "", ".", "-", "e5", "1e", "1e+", "1e1.5",
    "1.2.3", "--1", "\u{661}", "1.1e126", "2e126", "1e127", "9e-129", "1e99999999999999999999", "1e2147483647",
    "123456789012345678901234567890123456789", "1.00000000000000000000000000000000000001",
  ])
  func whatIsNoNumberIsRefused(number: String) async throws {
    let answer = try await Self.send(number)
    #expect(answer.headers.header("x-amzn-query-error") == "InvalidParameterValue;Sender")
    let says =
      number.isEmpty
      ? "Message (user) attribute 'n' must contain a non-empty value of type 'Number'."
      : "Can't cast the value of message (user) attribute 'n' to a number."
    #expect(answer.json?["message"] == .string(says))
  }
}
