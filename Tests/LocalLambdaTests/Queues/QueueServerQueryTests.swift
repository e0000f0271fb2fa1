import JSON
import Testing

@testable import LocalLambda

@Suite struct QueueServerQueryTests {
  @Test func aMessageGoesThroughSendReceiveDelete() async throws {
    try await QueueServerFixture.run { sqs in
      let created = try await sqs.query(
        "Action=CreateQueue&Version=2012-11-05&QueueName=tasks&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=45"
          + "&Tag.1.Key=team&Tag.1.Value=a%26b")
      #expect(created.headers.header("content-type") == "text/xml")
      #expect(
        created.text.contains(
          "<CreateQueueResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><CreateQueueResult><QueueUrl>"
            + "\(sqs.server.url)/000000000000/tasks</QueueUrl></CreateQueueResult><ResponseMetadata><RequestId>"))
      let path = "/000000000000/tasks"
      let sent = try await sqs.query(
        "Action=SendMessage&MessageBody=a+%3C%26%3E%0D%0A&MessageAttribute.1.Name=attribName1"
          + "&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=attribValue+1", path: path)
      #expect(
        sent.text.contains("<MD5OfMessageAttributes>19e27d4e946b072f3f58da80d94fd778</MD5OfMessageAttributes>"))
      let received = try await sqs.query(
        "Action=ReceiveMessage&AttributeName.1=All&MessageAttributeName.1=All", path: path)
      #expect(received.text.contains("<Body>a &lt;&amp;&gt;&#xD;\n</Body>"))
      #expect(
        received.text.contains("<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>"))
      #expect(
        received.text.contains(
          "<MessageAttribute><Name>attribName1</Name><Value><StringValue>attribValue 1</StringValue>"
            + "<DataType>String</DataType></Value></MessageAttribute>"))
      let handle = try #require(received.text.between("<ReceiptHandle>", "</ReceiptHandle>"))
      let deleted = try await sqs.query("Action=DeleteMessage&ReceiptHandle=\(handle)", path: path)
      #expect(
        deleted.text.contains(
          "<DeleteMessageResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\"><ResponseMetadata>"))
      let nothing = try await sqs.query("Action=ReceiveMessage", path: path)
      #expect(nothing.text.contains("<ReceiveMessageResult/>"), "as recorded on AWS")
      let attributes = try await sqs.send("GET", "\(path)?Action=GetQueueAttributes&AttributeName.1=All")
      #expect(attributes.text.contains("<Name>VisibilityTimeout</Name><Value>45</Value>"))
      #expect(attributes.text.contains("<Name>ApproximateNumberOfMessagesNotVisible</Name><Value>0</Value>"))
      let tags = try await sqs.query("Action=ListQueueTags", path: path)
      #expect(tags.text.contains("<Tag><Key>team</Key><Value>a&amp;b</Value></Tag>"))
    }
  }

  @Test func aNameOfAMillionPartsIsOneUnknownName() async throws {
    try await QueueServerFixture.run { sqs in
      let name = String(repeating: "a.", count: 1_000_000)
      let created = try await sqs.query("Action=CreateQueue&QueueName=q&\(name)=1&\(name)b=2")
      #expect(created.status == 200)
      #expect(created.text.contains("/000000000000/q</QueueUrl>"))
    }
  }

  /// As in the examples of AWS's own documentation.
  @Test func aListOfOneMayComeWithoutANumber() async throws {
    try await QueueServerFixture.run { sqs in
      let path = "/000000000000/q"
      _ = try await sqs.query("Action=CreateQueue&QueueName=q&Tag.Key=k&Tag.Value=v")
      let sent = try await sqs.query(
        "Action=SendMessage&MessageBody=x&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=String"
          + "&MessageAttribute.1.Value.StringValue=v", path: path)
      #expect(sent.status == 200)
      let received = try await sqs.query("Action=ReceiveMessage&AttributeName=All&MessageAttributeName=a", path: path)
      #expect(received.text.contains("<Attribute><Name>SentTimestamp</Name>"))
      #expect(received.text.contains("<MessageAttribute><Name>a</Name>"))
      let both = try await sqs.query(
        "Action=GetQueueAttributes&AttributeName=QueueArn&AttributeName.1=DelaySeconds", path: path)
      #expect(both.text.contains("<Name>QueueArn</Name>") && both.text.contains("<Name>DelaySeconds</Name>"))
      let none = try await sqs.query("Action=GetQueueAttributes&AttributeName=", path: path)
      #expect(none.status == 200, "so SDKs write a list that is empty")
      #expect(none.text.contains("<GetQueueAttributesResult/>"))
      #expect(try await sqs.query("Action=UntagQueue&TagKey=k", path: path).status == 200)
      #expect(try await sqs.query("Action=ListQueueTags", path: path).text.contains("<ListQueueTagsResult/>"))
    }
  }

  @Test func batchesAnswerEntryByEntry() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q.fifo", ["FifoQueue": "true"])
      let sent = try await sqs.query(
        "Action=SendMessageBatch&QueueUrl=q.fifo&SendMessageBatchRequestEntry.1.Id=a"
          + "&SendMessageBatchRequestEntry.1.MessageBody=1&SendMessageBatchRequestEntry.1.MessageGroupId=g"
          + "&SendMessageBatchRequestEntry.1.MessageDeduplicationId=1"
          + "&SendMessageBatchRequestEntry.2.Id=b&SendMessageBatchRequestEntry.2.MessageBody=%01&SendMessageBatchRequestEntry.2.MessageGroupId=g"
          + "&SendMessageBatchRequestEntry.2.MessageDeduplicationId=2")
      #expect(sent.text.contains("<SendMessageBatchResultEntry><Id>a</Id>"))
      #expect(sent.text.contains("<BatchResultErrorEntry><Id>b</Id><Code>InvalidMessageContents</Code><Message>"))
      #expect(sent.text.contains("</Message><SenderFault>true</SenderFault></BatchResultErrorEntry>"))
      let refused = try await sqs.query(
        "Action=SendMessageBatch&QueueUrl=q.fifo&SendMessageBatchRequestEntry.1.Id=a"
          + "&SendMessageBatchRequestEntry.1.MessageBody=1&SendMessageBatchRequestEntry.1.MessageDeduplicationId=3")
      #expect(refused.status == 400)
      #expect(
        refused.text.contains(
          "<Code>InvalidParameterValue</Code><Message>The request must contain the parameter MessageGroupId.</Message>")
      )
      let handle = try #require(try await sqs.receive(url).first?["ReceiptHandle"]?.stringValue)
      let changed = try await sqs.query(
        "Action=ChangeMessageVisibilityBatch&QueueUrl=q.fifo&ChangeMessageVisibilityBatchRequestEntry.1.Id=a"
          + "&ChangeMessageVisibilityBatchRequestEntry.1.ReceiptHandle=\(handle)"
          + "&ChangeMessageVisibilityBatchRequestEntry.1.VisibilityTimeout=100")
      #expect(changed.text.contains("<ChangeMessageVisibilityBatchResultEntry><Id>a</Id>"))
      let deleted = try await sqs.query(
        "Action=DeleteMessageBatch&QueueUrl=q.fifo&DeleteMessageBatchRequestEntry.1.Id=a"
          + "&DeleteMessageBatchRequestEntry.1.ReceiptHandle=\(handle)")
      #expect(deleted.text.contains("<DeleteMessageBatchResultEntry><Id>a</Id>"))
    }
  }

  @Test func errorsAreAmazons() async throws {
    try await QueueServerFixture.run { sqs in
      let missing = try await sqs.query("Action=SendMessage&QueueUrl=none&MessageBody=x")
      #expect(missing.status == 400)
      #expect(
        missing.text.contains(
          "<Error><Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>"
            + "<Message>The specified queue does not exist for this wsdl version.</Message><Detail/></Error>"))
      try await sqs.create("q")
      for action in ["CreateQueue&QueueName=x", "ListQueues", "Nonsense"] {
        let refused = try await sqs.query("Action=\(action)", path: "/000000000000/q")
        #expect(refused.status == 400)
        #expect(refused.text.contains("<Code>InvalidAction</Code>"))
      }
      let nothing = try await sqs.send("GET", "/000000000000/q")
      #expect(nothing.status == 404)
      #expect(nothing.text.contains("<UnknownOperationException/>"))
      let number = try await sqs.query("Action=ReceiveMessage&MaxNumberOfMessages=ten", path: "/000000000000/q")
      #expect(number.text.contains("<Code>InvalidParameterValue</Code>"))
    }
  }
}

extension String {
  /// What is between the first `start` and the next `end`.
  fileprivate func between(_ start: String, _ end: String) -> String? {
    guard let from = ranges(of: start).first?.upperBound, let to = self[from...].ranges(of: end).first?.lowerBound
    else {
      return nil
    }
    return String(self[from..<to])
  }
}
