import JSON
import Testing

@testable import LocalLambda

@Suite struct QueueServerJSONTests {
  @Test func aMessageGoesThroughSendReceiveDelete() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("tasks")
      #expect(url == .string("\(sqs.server.url)/000000000000/tasks"))
      let sent = try await sqs.json(
        "SendMessage",
        [
          "QueueUrl": url, "MessageBody": "hello",
          "MessageAttributes": [
            "Title": ["DataType": "String", "StringValue": "The Whistler"],
            "Author": ["DataType": "String", "StringValue": "John Grisham"],
            "WeeksOn": ["DataType": "Number", "StringValue": "6"],
          ],
        ])
      #expect(sent.status == 200)
      #expect(sent.headers.header("content-type") == "application/x-amz-json-1.0")
      #expect(sent.headers.header("x-amzn-requestid") != nil)
      #expect(sent.json?["MD5OfMessageBody"] == "5d41402abc4b2a76b9719d911017c592")
      #expect(sent.json?["MD5OfMessageAttributes"] == "d25a6aea97eb8f585bfa92d314504a92")
      #expect(sent.json?["SequenceNumber"] == nil)

      let message = try #require(
        try await sqs.receive(url, ["AttributeNames": ["All"], "MessageAttributeNames": ["All"]]).first)
      #expect(message["MessageId"] == sent.json?["MessageId"])
      #expect(message["Body"] == "hello")
      #expect(message["MD5OfBody"] == "5d41402abc4b2a76b9719d911017c592")
      #expect(message["Attributes"]?["ApproximateReceiveCount"] == "1")
      #expect(message["Attributes"]?["SenderId"] != nil)
      #expect(message["Attributes"]?["SentTimestamp"]?.stringValue?.count == 13)
      #expect(message["MessageAttributes"]?["WeeksOn"] == ["StringValue": "6", "DataType": "Number"])
      #expect(message["MD5OfMessageAttributes"] == "d25a6aea97eb8f585bfa92d314504a92")
      #expect(try await sqs.receive(url).isEmpty, "it is in flight")

      let deleted = try await sqs.json(
        "DeleteMessage", ["QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"] ?? .null])
      #expect(deleted.status == 200)
      let counts = try await sqs.json("GetQueueAttributes", ["QueueUrl": url, "AttributeNames": ["All"]])
      #expect(counts.json?["Attributes"]?["ApproximateNumberOfMessagesNotVisible"] == "0")
      #expect(counts.json?["Attributes"]?["QueueArn"] == "arn:aws:sqs:eu-west-1:000000000000:tasks")
    }
  }

  @Test func onlyTheAttributesAskedForAreReturnedAndDigested() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("tasks", ["VisibilityTimeout": "0"])
      _ = try await sqs.json(
        "SendMessage",
        [
          "QueueUrl": url, "MessageBody": "hello",
          "MessageAttributes": [
            "attribName1": ["DataType": "String", "StringValue": "attribValue 1"],
            "other": ["DataType": "Binary", "BinaryValue": "AQID"],
          ],
        ])
      let one = try #require(try await sqs.receive(url, ["MessageAttributeNames": ["attrib.*"]]).first)
      #expect(one["MD5OfMessageAttributes"] == "19e27d4e946b072f3f58da80d94fd778")
      #expect(one["MessageAttributes"]?.objectValue?.members.map(\.name) == ["attribName1"])
      let none = try #require(try await sqs.receive(url).first)
      #expect(none["MessageAttributes"] == nil)
      #expect(none["MD5OfMessageAttributes"] == nil)
      #expect(none["Attributes"] == nil)
      let binary = try #require(try await sqs.receive(url, ["MessageAttributeNames": ["other"]]).first)
      #expect(binary["MessageAttributes"]?["other"] == ["BinaryValue": "AQID", "DataType": "Binary"])
    }
  }

  @Test func batchesAnswerEntryByEntry() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("tasks", ["MaximumMessageSize": "1024"])
      let sent = try await sqs.json(
        "SendMessageBatch",
        [
          "QueueUrl": url,
          "Entries": [
            ["Id": "a", "MessageBody": "1"],
            ["Id": "big", "MessageBody": .string(String(repeating: "x", count: 1025))],
            ["Id": "b", "MessageBody": "2"],
            ["Id": "bad", "MessageBody": "\u{1}"],
          ],
        ])
      #expect(sent.json?["Successful"]?.arrayValue?.compactMap { $0["Id"]?.stringValue } == ["a", "b"])
      let failed = try #require(sent.json?["Failed"]?.arrayValue)
      let big = failed.first { $0["Id"] == "big" }
      #expect(
        big?["Message"]
          == "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.")
      #expect(big?["SenderFault"] == true)
      #expect(failed.first { $0["Id"] == "bad" }?["Code"] == "InvalidMessageContents")

      let messages = try await sqs.receive(url)
      #expect(messages.map { $0["Body"] } == ["1", "2"])
      let entries = messages.enumerated().map { index, message -> JSONValue in
        ["Id": .string("m\(index)"), "ReceiptHandle": message["ReceiptHandle"] ?? .null, "VisibilityTimeout": 0]
      }
      let changed = try await sqs.json("ChangeMessageVisibilityBatch", ["QueueUrl": url, "Entries": .array(entries)])
      #expect(changed.json?["Successful"]?.arrayValue?.count == 2)
      let again = try await sqs.receive(url)
      #expect(again.count == 2)
      let deleted = try await sqs.json(
        "DeleteMessageBatch",
        [
          "QueueUrl": url,
          "Entries": [
            ["Id": "x", "ReceiptHandle": again[0]["ReceiptHandle"] ?? .null],
            ["Id": "y", "ReceiptHandle": "nonsense"],
          ],
        ])
      #expect(deleted.json?["Successful"] == [["Id": "x"]])
      #expect(deleted.json?["Failed"]?.arrayValue?.first?["Code"] == "ReceiptHandleIsInvalid")
    }
  }

  static let errors: [(String, JSONValue, String, String, Int, String)] = [
    (
      "GetQueueUrl", ["QueueName": "none"], "com.amazonaws.sqs#QueueDoesNotExist",
      "AWS.SimpleQueueService.NonExistentQueue", 400, "The specified queue does not exist."
    ),
    (
      "CreateQueue", ["QueueName": "q", "Attributes": ["VisibilityTimeout": "31"]],
      "com.amazonaws.sqs#QueueNameExists", "QueueAlreadyExists", 400,
      "A queue already exists with the same name and a different value for attribute VisibilityTimeout"
    ),
    (
      "CreateQueue", ["QueueName": "n", "Attributes": ["Nonsense": "1"]], "com.amazonaws.sqs#InvalidAttributeName",
      "InvalidAttributeName", 400, "Unknown Attribute Nonsense."
    ),
    (
      "CreateQueue", ["QueueName": "n", "Attributes": ["DelaySeconds": "901"]],
      "com.amazonaws.sqs#InvalidAttributeValue", "InvalidAttributeValue", 400,
      "Invalid value for the parameter DelaySeconds."
    ),
    (
      "CreateQueue", ["QueueName": "n", "Attributes": ["DeduplicationScope": "queue"]],
      "com.amazonaws.sqs#InvalidAttributeName", "InvalidAttributeName", 400,
      "You can specify the DeduplicationScope only when FifoQueue is set to true."
    ),
    (
      "SetQueueAttributes", ["QueueUrl": "q", "Attributes": ["FifoQueue": "true"]],
      "com.amazonaws.sqs#InvalidAttributeName", "InvalidAttributeName", 400, "Unknown Attribute FifoQueue."
    ),
    (
      "SetQueueAttributes", ["QueueUrl": "q.fifo", "Attributes": ["FifoQueue": "false"]],
      "com.amazonaws.sqs#InvalidAttributeValue", "InvalidAttributeValue", 400,
      "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."
    ),
    (
      "SendMessage", ["QueueUrl": "q"], "com.amazon.coral.service#MissingRequiredParameterException",
      "MissingParameter", 400, "The request must contain the parameter MessageBody."
    ),
    (
      "SendMessage", ["QueueUrl": "q", "MessageBody": "x", "DelaySeconds": 901],
      "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue", 400,
      "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
    ),
    (
      "SendMessage",
      ["QueueUrl": "q", "MessageBody": "x", "MessageAttributes": ["a": ["DataType": "String", "StringValue": ""]]],
      "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue", 400,
      "Message (user) attribute 'a' must contain a non-empty value of type 'String'."
    ),
    (
      "SendMessageBatch", ["QueueUrl": "q", "Entries": []], "com.amazonaws.sqs#EmptyBatchRequest",
      "AWS.SimpleQueueService.EmptyBatchRequest", 400,
      "There should be at least one SendMessageBatchRequestEntry in the request."
    ),
    (
      "SendMessageBatch",
      [
        "QueueUrl": "q",
        "Entries": .array((0...10).map { ["Id": .string("i\($0)"), "MessageBody": "x"] }),
      ], "com.amazonaws.sqs#TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400,
      "Maximum number of entries per request are 10. You have sent 11."
    ),
    (
      "SendMessageBatch",
      ["QueueUrl": "q", "Entries": [["Id": "a", "MessageBody": "x"], ["Id": "a", "MessageBody": "x"]]],
      "com.amazonaws.sqs#BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400,
      "Id a repeated."
    ),
    (
      "SendMessageBatch", ["QueueUrl": "q", "Entries": [["Id": "a b", "MessageBody": "x"]]],
      "com.amazonaws.sqs#InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId", 400,
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
        + "It can be at most 80 letters long."
    ),
    (
      "SendMessageBatch",
      [
        "QueueUrl": "q",
        "Entries": [
          ["Id": "a", "MessageBody": .string(String(repeating: "x", count: 1_048_576))],
          ["Id": "b", "MessageBody": "x"],
        ],
      ], "com.amazonaws.sqs#BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong", 400,
      "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes."
    ),
    (
      "ReceiveMessage", ["QueueUrl": "q", "MaxNumberOfMessages": 11],
      "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue", 400,
      "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
    ),
    (
      "ReceiveMessage", ["QueueUrl": "q", "WaitTimeSeconds": 21],
      "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue", 400,
      "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."
    ),
    (
      "DeleteMessage", ["QueueUrl": "q", "ReceiptHandle": "X"], "com.amazonaws.sqs#ReceiptHandleIsInvalid",
      "ReceiptHandleIsInvalid", 400, "The input receipt handle \"X\" is not a valid receipt handle."
    ),
    (
      "SendMessage", ["QueueUrl": "q.fifo", "MessageBody": "x", "MessageDeduplicationId": "d"],
      "com.amazon.coral.service#MissingRequiredParameterException", "MissingParameter", 400,
      "The request must contain the parameter MessageGroupId."
    ),
    (
      "SendMessage", ["QueueUrl": "q.fifo", "MessageBody": "x", "MessageGroupId": "g"],
      "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue", 400,
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    ),
    (
      "SendMessage", ["QueueUrl": "q.fifo", "MessageBody": "x", "MessageGroupId": "g", "DelaySeconds": 1],
      "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue", 400,
      "Value 1 for parameter DelaySeconds is invalid. "
        + "Reason: The request include parameter that is not valid for this queue type."
    ),
    (
      "SendMessage", ["QueueUrl": 7], "com.amazon.coral.service#SerializationException", "SerializationException",
      400, "NUMBER_VALUE can not be converted to a String"
    ),
  ]

  @Test(arguments: errors)
  func errorsAreAmazons(
    action: String, input: JSONValue, type: String, code: String, status: Int, message: String
  ) async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      try await sqs.create("q.fifo", ["FifoQueue": "true"])
      let answer = try await sqs.json(action, input)
      #expect(answer.status == status)
      #expect(answer.json?["__type"] == .string(type))
      #expect(answer.json?["message"] == .string(message))
      #expect(answer.headers.header("x-amzn-query-error") == "\(code);Sender")
      #expect(answer.headers.header("x-amzn-errortype") == type)
    }
  }

  @Test func whatIsNoRequestIsRefused() async throws {
    try await QueueServerFixture.run { sqs in
      let type = ("content-type", "application/x-amz-json-1.0")
      let malformed = try await sqs.send(
        "POST", "/", [type, ("x-amz-target", "AmazonSQS.ListQueues")], Array("{".utf8))
      #expect(malformed.status == 400)
      #expect(malformed.json?["__type"] == "com.amazon.coral.service#SerializationException")
      let unknown = try await sqs.json("MakeCoffee", [:])
      #expect(unknown.status == 400)
      #expect(unknown.json?["__type"] == "com.amazon.coral.service#UnknownOperationException")
      let huge = try await sqs.send("POST", "/", [type], Array(repeating: 0x20, count: 9 << 20))
      #expect(huge.status == 413)
    }
  }

  @Test func queuesAreFoundUnderAnyHostByPathAndByName() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("tasks")
      for form in ["tasks", "https://sqs.eu-west-1.amazonaws.com/000000000000/tasks", "http://queue:9324/0/tasks"] {
        let sent = try await sqs.json(
          "SendMessage", ["QueueUrl": .string(form), "MessageBody": "x"], path: "/000000000000/tasks")
        #expect(sent.status == 200)
      }
      #expect(try await sqs.receive(url).count == 3)
    }
  }

  @Test func listsArePaged() async throws {
    try await QueueServerFixture.run { sqs in
      for name in ["b2", "a1", "b1", "b3"] { try await sqs.create(name) }
      let first = try await sqs.json("ListQueues", ["QueueNamePrefix": "b", "MaxResults": 2])
      #expect(first.json?["QueueUrls"]?.arrayValue?.count == 2)
      let token = try #require(first.json?["NextToken"])
      let second = try await sqs.json("ListQueues", ["QueueNamePrefix": "b", "MaxResults": 2, "NextToken": token])
      #expect(second.json?["QueueUrls"] == [.string("\(sqs.server.url)/000000000000/b3")])
      #expect(second.json?["NextToken"] == nil)
      #expect(try await sqs.json("ListQueues", ["QueueNamePrefix": "zzz"]).text == "{}")
    }
  }

  @Test func tagsComeAndGo() async throws {
    try await QueueServerFixture.run { sqs in
      _ = try await sqs.json("CreateQueue", ["QueueName": "q", "tags": ["a": "1"]])
      _ = try await sqs.json("TagQueue", ["QueueUrl": "q", "Tags": ["b": "2", "c": "3"]])
      _ = try await sqs.json("UntagQueue", ["QueueUrl": "q", "TagKeys": ["a", "c"]])
      #expect(try await sqs.json("ListQueueTags", ["QueueUrl": "q"]).json == ["Tags": ["b": "2"]])
      let many = JSONObject((1...50).map { JSONObject.Member(name: "t\($0)", value: "x") })
      let tooMany = try await sqs.json("TagQueue", ["QueueUrl": "q", "Tags": .object(many)])
      #expect(tooMany.json?["message"] == "Too many tags added for queue q.")
      #expect(
        try await sqs.json("UntagQueue", ["QueueUrl": "q", "TagKeys": []]).json?["message"]
          == "Tag keys must be between 1 and 128 characters in length.")
      #expect(try await sqs.json("ListQueueTags", ["QueueUrl": "q"]).json == ["Tags": ["b": "2"]])
    }
  }

  @Test func aFIFOQueueKeepsOneOfRepeatedMessages() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q.fifo", ["FifoQueue": "true", "ContentBasedDeduplication": "true"])
      let input: JSONValue = ["QueueUrl": url, "MessageBody": "same", "MessageGroupId": "g"]
      let first = try await sqs.json("SendMessage", input)
      let second = try await sqs.json("SendMessage", input)
      #expect(first.json?["SequenceNumber"]?.stringValue?.count == 20)
      #expect(second.json?["MessageId"] == first.json?["MessageId"])
      #expect(second.json?["SequenceNumber"] == first.json?["SequenceNumber"])
      let messages = try await sqs.receive(url, ["AttributeNames": ["All"]])
      #expect(messages.count == 1)
      #expect(messages.first?["Attributes"]?["MessageGroupId"] == "g")
      #expect(messages.first?["Attributes"]?["SequenceNumber"] == first.json?["SequenceNumber"])
    }
  }

  @Test func aPoisonMessageEndsInTheDeadLetterQueueAndComesBack() async throws {
    try await QueueServerFixture.run { sqs in
      let dead = try await sqs.create("dead")
      let policy = #"{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:000000000000:dead","maxReceiveCount":"1"}"#
      let url = try await sqs.create("q", ["VisibilityTimeout": "0", "RedrivePolicy": .string(policy)])
      _ = try await sqs.json("SendMessage", ["QueueUrl": url, "MessageBody": "poison"])
      #expect(try await sqs.receive(url).count == 1)
      #expect(try await sqs.receive(url).isEmpty)
      let sources = try await sqs.json("ListDeadLetterSourceQueues", ["QueueUrl": dead])
      #expect(sources.json == ["queueUrls": [url]])

      let shown = try await sqs.send("GET", "/_lambda-local/queues/dead/messages")
      let message = try #require(shown.json?["messages"]?.arrayValue?.first)
      #expect(message["dead_letter_source"] == "q")
      #expect(message["state"] == "available")
      #expect(message["receive_count"] == 0)
      let source: JSONValue = "arn:aws:sqs:eu-west-1:000000000000:dead"
      #expect(try await sqs.json("StartMessageMoveTask", ["SourceArn": source]).status == 200)
      let back = try await sqs.receive(url, ["AttributeNames": ["All"], "WaitTimeSeconds": 20])
      #expect(back.map { $0["Body"] } == ["poison"])
      #expect(back.first?["Attributes"]?["ApproximateReceiveCount"] == "1")
      #expect(back.first?["Attributes"]?["DeadLetterQueueSourceArn"] == nil)
    }
  }

  @Test func peopleSeeTheQueues() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q")
      for body in ["1", "2", "3"] {
        _ = try await sqs.json("SendMessage", ["QueueUrl": url, "MessageBody": .string(body)])
      }
      _ = try await sqs.receive(url, ["MaxNumberOfMessages": 1])
      let list = try await sqs.send("GET", "/_lambda-local/queues")
      let queue = try #require(list.json?["queues"]?.arrayValue?.first)
      #expect(queue["name"] == "q")
      #expect(queue["url"] == url)
      #expect(queue["available"] == 2)
      #expect(queue["in_flight"] == 1)
      let messages = try await sqs.send("GET", "/_lambda-local/queues/q/messages?limit=2")
      #expect(messages.json?["total"] == 3)
      #expect(messages.json?["messages"]?.arrayValue?.map { $0["state"] } == ["in_flight", "available"])
      #expect(try await sqs.send("GET", "/_lambda-local/queues/none/messages").status == 404)
      #expect(try await sqs.send("GET", "/_lambda-local/queues/q/messages?limit=0").status == 400)
      #expect(try await sqs.send("DELETE", "/_lambda-local/queues").status == 405)
    }
  }
}
