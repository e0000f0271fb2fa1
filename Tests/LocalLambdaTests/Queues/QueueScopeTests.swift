import JSON
import Testing

@testable import LocalLambda

@Suite struct QueueScopeTests {
  static func signed(_ key: String, _ region: String) -> (String, String) {
    (
      "authorization",
      "AWS4-HMAC-SHA256 Credential=\(key)/20261125/\(region)/sqs/aws4_request, SignedHeaders=host, Signature=0"
    )
  }

  static func call(
    _ sqs: QueueServerFixture, _ action: String, _ input: JSONValue, as signature: (String, String)
  ) async throws -> JSONValue {
    try await sqs.send(
      "POST", "/",
      [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.\(action)"), signature],
      input.serializedBytes
    ).json ?? .null
  }

  @Test func regionsAndAccountsHaveQueuesOfTheirOwn() async throws {
    try await QueueServerFixture.run { sqs in
      let callers = [
        Self.signed("key", "eu-west-1"), Self.signed("key", "us-east-1"), Self.signed("111122223333", "eu-west-1"),
        Self.signed("111122223333", "us-east-1"),
      ]
      let paths = [
        "/000000000000/q", "/queue/us-east-1/000000000000/q", "/111122223333/q", "/queue/us-east-1/111122223333/q",
      ]
      var urls: [JSONValue] = []
      for (caller, path) in zip(callers, paths) {
        let url = try #require(try await Self.call(sqs, "CreateQueue", ["QueueName": "q"], as: caller)["QueueUrl"])
        #expect(url == .string(sqs.server.url + path))
        urls.append(url)
      }
      for (url, path) in zip(urls, paths) {
        // The URL says which one, whoever asks.
        _ = try await Self.call(sqs, "SendMessage", ["QueueUrl": url, "MessageBody": .string(path)], as: callers[1])
      }
      for (url, path) in zip(urls, paths) {
        let messages = try await Self.call(
          sqs, "ReceiveMessage", ["QueueUrl": url, "MaxNumberOfMessages": 10], as: callers[0])
        #expect(messages["Messages"]?.arrayValue?.map { $0["Body"] } == [.string(path)])
      }
      let arns = [
        "arn:aws:sqs:eu-west-1:000000000000:q", "arn:aws:sqs:us-east-1:000000000000:q",
        "arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:sqs:us-east-1:111122223333:q",
      ]
      for (caller, (arn, url)) in zip(callers, zip(arns, urls)) {
        // A bare name is one of the caller's own.
        let attributes = try await Self.call(
          sqs, "GetQueueAttributes", ["QueueUrl": "q", "AttributeNames": ["QueueArn"]], as: caller)
        #expect(attributes["Attributes"] == ["QueueArn": .string(arn)])
        #expect(try await Self.call(sqs, "ListQueues", [:], as: caller)["QueueUrls"] == [url])
        #expect(try await Self.call(sqs, "GetQueueUrl", ["QueueName": "q"], as: caller)["QueueUrl"] == url)
      }
      let other = try await Self.call(
        sqs, "GetQueueUrl", ["QueueName": "q", "QueueOwnerAWSAccountId": "111122223333"], as: callers[0])
      #expect(other["QueueUrl"] == urls[2])
      _ = try await Self.call(sqs, "DeleteQueue", ["QueueUrl": urls[1]], as: callers[0])
      #expect(try await Self.call(sqs, "ListQueues", [:], as: callers[1])["QueueUrls"] == nil)
      #expect(try await Self.call(sqs, "ListQueues", [:], as: callers[0])["QueueUrls"] == [urls[0]])
    }
  }

  @Test func aURLWithNoRegionFindsTheCallersQueueWhenTheDefaultRegionHasNone() async throws {
    try await QueueServerFixture.run { sqs in
      let caller = Self.signed("key", "ap-northeast-1")
      _ = try await Self.call(sqs, "CreateQueue", ["QueueName": "q"], as: caller)
      let attributes = try await Self.call(
        sqs, "GetQueueAttributes",
        ["QueueUrl": "http://anywhere/000000000000/q", "AttributeNames": ["QueueArn"]], as: caller)
      #expect(attributes["Attributes"] == ["QueueArn": "arn:aws:sqs:ap-northeast-1:000000000000:q"])
    }
  }

  @Test func aSignedURLOfTheQueryProtocolSaysItsRegion() async throws {
    try await QueueServerFixture.run { sqs in
      let answer = try await sqs.send(
        "GET",
        "/?Action=CreateQueue&QueueName=q&X-Amz-Credential=key%2F20261125%2Fus-west-2%2Fsqs%2Faws4_request")
      #expect(answer.text.contains("/queue/us-west-2/000000000000/q</QueueUrl>"))
      // A queue's URL is where the query protocol's calls go.
      let path = "/queue/us-west-2/000000000000/q"
      #expect(try await sqs.query("Action=SendMessage&MessageBody=x", path: path).status == 200)
      #expect(try await sqs.query("Action=ReceiveMessage", path: path).text.contains("<Body>x</Body>"))
    }
  }

  @Test func urlsFollowTheCallersHost() async throws {
    try await QueueServerFixture.run { sqs in
      let body = #"{"QueueName":"q"}"#
      let connection = try await RawConnection.open(port: sqs.server.port)
      try await connection.send(
        "POST / HTTP/1.1\r\nHost: queues.test:1234\r\nX-Amz-Target: AmazonSQS.CreateQueue\r\n"
          + "Content-Type: application/x-amz-json-1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
      let answer = try await connection.text { $0.contains("QueueUrl") }
      #expect(answer.contains(#"{"QueueUrl":"http://queues.test:1234/000000000000/q"}"#))
      try await connection.close()
    }
  }

  @Test func queuesOfAllScopesSurviveARestart() async throws {
    try await QueueStorageTests.folder { folder in
      for round in 1...2 {
        try await QueueServerFixture.run(storage: .directory(folder)) { sqs in
          for region in ["eu-west-1", "us-east-1"] {
            let caller = Self.signed("111122223333", region)
            if round == 1 { _ = try await Self.call(sqs, "CreateQueue", ["QueueName": .string(region)], as: caller) }
            let urls = try await Self.call(sqs, "ListQueues", [:], as: caller)["QueueUrls"]?.arrayValue ?? []
            #expect(urls.count == 1)
            #expect(urls.first?.stringValue?.hasSuffix("/111122223333/\(region)") == true)
          }
        }
      }
    }
  }

  @Test func strictnessCoolsDownAndWantsSignatures() async throws {
    try await QueueServerFixture.run(isStrict: true) { sqs in
      let caller = Self.signed("key", "eu-west-1")
      let unsigned = try await sqs.json("ListQueues", [:])
      #expect(unsigned.status == 403)
      #expect(unsigned.json?["__type"] == "com.amazon.coral.service#MissingAuthenticationTokenException")
      _ = try await Self.call(sqs, "CreateQueue", ["QueueName": "q"], as: caller)
      #expect(try await Self.call(sqs, "PurgeQueue", ["QueueUrl": "q"], as: caller) == [:])
      let purged = try await Self.call(sqs, "PurgeQueue", ["QueueUrl": "q"], as: caller)
      #expect(purged["__type"] == "com.amazonaws.sqs#PurgeQueueInProgress")
      #expect(purged["message"] == "Only one PurgeQueue operation on q is allowed every 60 seconds.")
      _ = try await Self.call(sqs, "DeleteQueue", ["QueueUrl": "q"], as: caller)
      let again = try await Self.call(sqs, "CreateQueue", ["QueueName": "q"], as: caller)
      #expect(again["__type"] == "com.amazonaws.sqs#QueueDeletedRecently")
      #expect(
        again["message"]
          == "You must wait 60 seconds after deleting a queue before you can create another with the same name.")
    }
  }
}
