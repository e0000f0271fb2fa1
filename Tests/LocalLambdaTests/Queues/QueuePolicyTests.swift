import JSON
import Testing

@testable import LocalLambda

@Suite struct QueuePolicyTests {
  static func policy(_ sqs: QueueServerFixture) async throws -> JSONValue? {
    let answer = try await sqs.json("GetQueueAttributes", ["QueueUrl": "q", "AttributeNames": ["Policy"]])
    return try (answer.json?["Attributes"]?["Policy"]?.stringValue).map { try JSONValue(parsing: $0) }
  }

  @Test func permissionsAreStatementsOfThePolicy() async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let added = try await sqs.json(
        "AddPermission",
        ["QueueUrl": "q", "Label": "one", "AWSAccountIds": ["111122223333"], "Actions": ["SendMessage"]])
      #expect(added.status == 200)
      let query = try await sqs.query(
        "Action=AddPermission&QueueUrl=q&Label=two&AWSAccountId.1=111122223333&AWSAccountId.2=444455556666"
          + "&ActionName.1=ReceiveMessage&ActionName.2=DeleteMessage")
      #expect(query.status == 200)
      let resource: JSONValue = "arn:aws:sqs:eu-west-1:000000000000:q"
      let first: JSONValue = [
        "Sid": "one", "Effect": "Allow", "Principal": ["AWS": "arn:aws:iam::111122223333:root"],
        "Action": "SQS:SendMessage", "Resource": resource,
      ]
      #expect(
        try await Self.policy(sqs) == [
          "Version": "2008-10-17", "Id": "arn:aws:sqs:eu-west-1:000000000000:q/SQSDefaultPolicy",
          "Statement": [
            first,
            [
              "Sid": "two", "Effect": "Allow",
              "Principal": ["AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"]],
              "Action": ["SQS:ReceiveMessage", "SQS:DeleteMessage"], "Resource": resource,
            ],
          ],
        ])
      let again = try await sqs.json(
        "AddPermission",
        ["QueueUrl": "q", "Label": "one", "AWSAccountIds": ["111122223333"], "Actions": ["SendMessage"]])
      #expect(again.json?["message"] == "Value one for parameter Label is invalid. Reason: Already exists.")
      #expect(try await sqs.json("RemovePermission", ["QueueUrl": "q", "Label": "two"]).status == 200)
      #expect(try await Self.policy(sqs)?["Statement"] == [first])
      #expect(try await sqs.query("Action=RemovePermission&QueueUrl=q&Label=one").status == 200)
      #expect(try await Self.policy(sqs) == nil)
      let gone = try await sqs.json("RemovePermission", ["QueueUrl": "q", "Label": "one"])
      #expect(gone.json?["message"] == "Value one for parameter Label is invalid. Reason: can't find label.")
    }
  }

  @Test func aStatementHasSevenActionsAtMost() async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let answer = try await sqs.json(
        "AddPermission",
        [
          "QueueUrl": "q", "Label": "l", "AWSAccountIds": ["111122223333"],
          "Actions": .array(Array(repeating: "SendMessage", count: 8)),
        ])
      #expect(answer.status == 403)
      #expect(answer.headers.header("x-amzn-query-error") == "OverLimit;Sender")
      #expect(answer.json?["message"] == "8 Actions were found, maximum allowed is 7.")
    }
  }

  @Test(
    arguments: [
      ("RemovePermission", ["QueueUrl": "q"], "must contain the parameter Label"),
      (
        "AddPermission", ["QueueUrl": "q", "Label": "l", "AWSAccountIds": ["1"], "Actions": ["SendMessage"]],
        "Value [1] for parameter PrincipalId is invalid. Reason: Unable to verify."
      ),
      (
        "AddPermission", ["QueueUrl": "q", "Label": "l", "Actions": ["SendMessage"]],
        "Value [] for parameter PrincipalId is invalid. Reason: Unable to verify."
      ),
      (
        "AddPermission", ["QueueUrl": "q", "Label": "l", "AWSAccountIds": ["111122223333"], "Actions": ["MakeCoffee"]],
        "Value SQS:MakeCoffee for parameter ActionName is invalid."
      ),
      (
        "AddPermission",
        ["QueueUrl": "q", "Label": "l", "AWSAccountIds": ["111122223333"], "Actions": ["DeleteQueue"]],
        "Only the queue owner is allowed to invoke this action."
      ),
      ("AddPermission", ["QueueUrl": "q", "Label": "l", "AWSAccountIds": ["111122223333"]], "parameter Actions"),
      ("SetQueueAttributes", ["QueueUrl": "q", "Attributes": ["Policy": "nonsense"]], "parameter Policy"),
    ] as [(String, JSONValue, String)])
  func wrongPermissionsAreRefused(action: String, input: JSONValue, says: String) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      let answer = try await sqs.json(action, input)
      #expect(answer.status == 400)
      #expect(answer.json?["message"]?.stringValue?.contains(says) == true, "\(answer.text)")
      #expect(try await Self.policy(sqs) == nil)
    }
  }

  /// "The AWS API accepts either, but will always return an integer" (hashicorp/terraform, issue 5888).
  @Test(arguments: [
    (#"{"deadLetterTargetArn":"ARN","maxReceiveCount":"3"}"#, #"{"deadLetterTargetArn":"ARN","maxReceiveCount":3}"#),
    (
      #"{"maxReceiveCount": 3, "deadLetterTargetArn": "ARN"}"#, #"{"maxReceiveCount": 3, "deadLetterTargetArn": "ARN"}"#
    ),
  ])
  func aReceiveCountComesBackAsANumber(sent: String, kept: String) async throws {
    try await QueueServerFixture.run { sqs in
      let arn = "arn:aws:sqs:eu-west-1:000000000000:dead"
      try await sqs.create("dead")
      try await sqs.create("q", ["RedrivePolicy": .string(sent.replacing("ARN", with: arn))])
      let set = try await sqs.json("GetQueueAttributes", ["QueueUrl": "q", "AttributeNames": ["RedrivePolicy"]])
      #expect(set.json?["Attributes"]?["RedrivePolicy"] == .string(kept.replacing("ARN", with: arn)))
    }
  }

  @Test func aDeadLetterQueueSaysWhoseItIs() async throws {
    try await QueueServerFixture.run { sqs in
      let redrive: JSONValue = .string(
        #"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:dead","maxReceiveCount":3}"#)
      func create(_ name: String) async throws -> Int {
        try await sqs.json("CreateQueue", ["QueueName": .string(name), "Attributes": ["RedrivePolicy": redrive]]).status
      }
      func allow(_ policy: String) async throws -> Int {
        try await sqs.json(
          "SetQueueAttributes", ["QueueUrl": "dead", "Attributes": ["RedriveAllowPolicy": .string(policy)]]
        ).status
      }
      try await sqs.create("dead")
      #expect(try await allow(#"{"redrivePermission":"denyAll"}"#) == 200)
      #expect(try await create("a") == 400)
      let only = #"{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:eu-west-1:000000000000:a"]}"#
      #expect(try await allow(only) == 200)
      #expect(try await create("a") == 200)
      #expect(try await create("b") == 400)
      let set = try await sqs.json(
        "GetQueueAttributes", ["QueueUrl": "dead", "AttributeNames": ["RedriveAllowPolicy"]])
      #expect(set.json?["Attributes"]?["RedriveAllowPolicy"] == .string(only))
      #expect(try await allow(#"{"redrivePermission":"allowAll"}"#) == 200)
      #expect(try await create("b") == 200)
      for wrong in [
        "nonsense", #"{"redrivePermission":"some"}"#, #"{"redrivePermission":"byQueue"}"#,
        #"{"redrivePermission":"byQueue","sourceQueueArns":[]}"#,
        #"{"redrivePermission":"denyAll","sourceQueueArns":["arn:aws:sqs:eu-west-1:000000000000:a"]}"#,
      ] {
        #expect(try await allow(wrong) == 400, "\(wrong)")
      }
    }
  }
}
