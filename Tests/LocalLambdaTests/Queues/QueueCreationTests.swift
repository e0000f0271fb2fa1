import JSON
import Testing

@testable import LocalLambda

/// Making a queue that is there already: with the same settings, however they are written, that is no error.
@Suite struct QueueCreationTests {
  static let dead = "arn:aws:sqs:eu-west-1:000000000000:dead"

  private static func create(
    _ sqs: QueueServerFixture, _ attributes: JSONValue, _ name: String
  ) async throws -> QueueServerFixture.Answer {
    try await sqs.json("CreateQueue", ["QueueName": .string(name), "Attributes": attributes])
  }

  @Test(
    arguments: [
      ["KmsDataKeyReusePeriodSeconds": "300"], ["KmsDataKeyReusePeriodSeconds": "0301"], ["Policy": ""],
      ["RedrivePolicy": ""], ["RedriveAllowPolicy": ""], ["KmsMasterKeyId": ""], ["VisibilityTimeout": "030"],
      ["SqsManagedSseEnabled": "False"], ["KmsMasterKeyId": "alias/aws/sqs"],
      ["KmsMasterKeyId": "k", "SqsManagedSseEnabled": "false"],
      ["RedrivePolicy": .string(#"{"deadLetterTargetArn":"\#(dead)","maxReceiveCount":"3"}"#)],
    ] as [JSONValue])
  func theSameRequestIsNoErrorTheSecondTime(attributes: JSONValue) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("dead")
      for _ in 1...2 {
        let answer = try await Self.create(sqs, attributes, "q")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json?["QueueUrl"] == .string(sqs.server.url(ofQueue: "q")))
      }
    }
  }

  @Test(
    arguments: [
      ([:], ["KmsDataKeyReusePeriodSeconds": "300"]), ([:], ["VisibilityTimeout": "030"]),
      ([:], ["SqsManagedSseEnabled": "TRUE"]), ([:], ["RedriveAllowPolicy": #"{"redrivePermission":"allowAll"}"#]),
      (["VisibilityTimeout": "60"], [:]),
      (["Policy": #"{"Id":"a","Version":"1"}"#], ["Policy": #"{ "Version": "1", "Id": "a" }"#]),
      (
        ["RedrivePolicy": .string(#"{"deadLetterTargetArn":"\#(dead)","maxReceiveCount":3}"#)],
        ["RedrivePolicy": .string(#"{"maxReceiveCount": "3", "deadLetterTargetArn": "\#(dead)"}"#)]
      ),
    ] as [(JSONValue, JSONValue)])
  func whatMeansTheSameIsNoDifference(first: JSONValue, second: JSONValue) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("dead")
      #expect(try await Self.create(sqs, first, "q").status == 200)
      let answer = try await Self.create(sqs, second, "q")
      #expect(answer.status == 200, "\(answer.text)")
    }
  }

  @Test func thereIsOneKindOfEncryptionAtATime() async throws {
    try await QueueServerFixture.run { sqs in
      let both: JSONValue = ["KmsMasterKeyId": "k", "SqsManagedSseEnabled": "true"]
      let refused = try await Self.create(sqs, both, "q")
      #expect(refused.status == 400)
      #expect(
        refused.json?["message"]?.stringValue?.hasPrefix("You can use one type of server-side encryption") == true)
      #expect(try await Self.create(sqs, ["KmsMasterKeyId": "k"], "q").status == 200)
      let url = JSONValue.string(sqs.server.url(ofQueue: "q"))
      _ = try await sqs.json(
        "SetQueueAttributes", ["QueueUrl": url, "Attributes": ["SqsManagedSseEnabled": "true"]])
      let all = try await sqs.json("GetQueueAttributes", ["QueueUrl": url, "AttributeNames": ["All"]])
      #expect(all.json?["Attributes"]?["SqsManagedSseEnabled"] == "true")
      #expect(all.json?["Attributes"]?["KmsMasterKeyId"] == nil)
    }
  }

  /// Earlier versions took both, and kept them.
  @Test func whatIsKeptOfTwoEncryptionsIsTaken() throws {
    let kept = try QueueAttributes(["KmsMasterKeyId": "k", "SqsManagedSseEnabled": "true"])
    #expect(kept.all["KmsMasterKeyId"] == nil)
    #expect(kept.all["SqsManagedSseEnabled"] == "true")
  }

  @Test func oneAttributeOfTwoThatGoTogetherIsEnough() async throws {
    try await QueueServerFixture.run { sqs in
      let both: JSONValue = [
        "FifoQueue": "true", "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId",
      ]
      #expect(try await Self.create(sqs, both, "q.fifo").status == 200)
      let one = try await Self.create(
        sqs, ["FifoQueue": "True", "FifoThroughputLimit": "perMessageGroupId"], "q.fifo")
      #expect(one.status == 200, "\(one.text)")
      let untyped = try await Self.create(sqs, [:], "q.fifo")
      #expect(untyped.headers.header("x-amzn-query-error") == "InvalidParameterValue;Sender")
    }
  }

  @Test(
    arguments: [
      (["VisibilityTimeout": "31"], "VisibilityTimeout"),
      (["KmsDataKeyReusePeriodSeconds": "301"], "KmsDataKeyReusePeriodSeconds"),
      (["SqsManagedSseEnabled": "false"], "SqsManagedSseEnabled"), (["KmsMasterKeyId": "k"], "KmsMasterKeyId"),
      (["Policy": #"{"Id":"a"}"#], "Policy"),
      (["RedriveAllowPolicy": #"{"redrivePermission":"denyAll"}"#], "RedriveAllowPolicy"),
      (["DelaySeconds": "0", "MaximumMessageSize": "1024", "VisibilityTimeout": "31"], "MaximumMessageSize"),
    ] as [(JSONValue, String)])
  func theFirstThatDiffersIsNamed(attributes: JSONValue, named: String) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let answer = try await Self.create(sqs, attributes, "q")
      #expect(answer.headers.header("x-amzn-query-error") == "QueueAlreadyExists;Sender")
      #expect(
        answer.json?["message"]
          == .string("A queue already exists with the same name and a different value for attribute \(named)"))
    }
  }
}
