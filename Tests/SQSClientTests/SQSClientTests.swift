import AWSSignature
import HTTPClient
import JSON
import SQSClient
import Synchronization
import TestSupport
import Testing

/// The client against a scripted SQS on a real socket.
@Suite struct SQSClientTests {
  private static let queueURL = "https://sqs.eu-central-1.amazonaws.com/000000000000/tasks"
  private static let stored = #"{"MessageId":"m-1","MD5OfMessageBody":"5d41402abc4b2a76b9719d911017c592"}"#

  /// Sends `hello` to a server that answers each attempt with the next reply, and the last one for ever.
  private func send(
    _ body: String = "hello", replies: [@Sendable (ScriptedConnection) async throws -> Void],
    timeout: Duration = .seconds(20)
  ) async throws -> (result: Result<String, SQSError>, requests: [ScriptedRequest], pauses: [Duration]) {
    let served = Mutex(0)
    let pauses = Mutex<[Duration]>([])
    return try await ScriptedHTTPServer.run { _, connection in
      let index = served.withLock { served in
        defer { served += 1 }
        return min(served, replies.count - 1)
      }
      try await replies[index](connection)
    } body: { server in
      let http = HTTPClient(configuration: HTTPClientConfiguration(environment: { _ in nil }))
      let credentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret", sessionToken: "token")
      let sqs = SQSClient(
        configuration: try AWSConfiguration(region: "eu-central-1", credentials: credentials, sqsEndpoint: server.url),
        http: http, now: { 1_440_938_160 }, pause: { delay in pauses.withLock { $0.append(delay) } })
      let result: Result<String, SQSError>
      do throws(SQSError) {
        result = .success(
          try await sqs.sendMessage(
            queueURL: Self.queueURL, body: body, delaySeconds: 5, groupID: "g", deduplicationID: "d", timeout: timeout))
      } catch {
        result = .failure(error)
      }
      return (result, server.requests, pauses.withLock { $0 })
    }
  }

  private static func refusal(_ status: Int, _ shape: String, queryCode: String? = nil)
    -> @Sendable (ScriptedConnection)
    async throws -> Void
  {
    { connection in
      try await connection.reply(
        status, headers: queryCode.map { [("x-amzn-query-error", "\($0);Sender")] } ?? [],
        body: #"{"__type":"com.amazonaws.sqs#\#(shape)","message":"because"}"#)
    }
  }

  @Test func sendsAMessageInTheJSONProtocol() async throws {
    let (result, requests, _) = try await send(replies: [{ try await $0.reply(json: Self.stored) }])
    #expect(try result.get() == "m-1")
    let request = try #require(requests.first)
    #expect(request.method == "POST" && request.target == "/")
    #expect(request["Content-Type"] == "application/x-amz-json-1.0")
    #expect(request["X-Amz-Target"] == "AmazonSQS.SendMessage")
    #expect(request["X-Amz-Security-Token"] == "token")
    #expect(request["X-Amz-Date"] == "20150830T123600Z")
    #expect(request["Authorization"]?.hasPrefix("AWS4-HMAC-SHA256 Credential=AKID/20150830/eu-central-1/sqs/") == true)
    #expect(
      try JSONValue(parsing: request.body) == [
        "QueueUrl": .string(Self.queueURL), "MessageBody": "hello", "DelaySeconds": 5, "MessageGroupId": "g",
        "MessageDeduplicationId": "d",
      ])
  }

  @Test func putsAReceivedMessageOff() async throws {
    try await ScriptedHTTPServer.run { _, connection in
      try await connection.reply(200)
    } body: { server in
      let sqs = SQSClient(
        configuration: try AWSConfiguration(
          region: "eu-central-1", credentials: AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret"),
          sqsEndpoint: server.url),
        http: HTTPClient(configuration: HTTPClientConfiguration(environment: { _ in nil })))
      try await sqs.changeMessageVisibility(queueURL: Self.queueURL, receiptHandle: "r", seconds: 60)
      let request = try #require(server.requests.first)
      #expect(request["X-Amz-Target"] == "AmazonSQS.ChangeMessageVisibility")
      #expect(
        try JSONValue(parsing: request.body) == [
          "QueueUrl": .string(Self.queueURL), "ReceiptHandle": "r", "VisibilityTimeout": 60,
        ])
    }
  }

  @Test func aRefusalHasSQSsCodeMessageAndStatusAndIsNotRepeated() async throws {
    let old = try await send(
      replies: [Self.refusal(400, "QueueDoesNotExist", queryCode: "AWS.SimpleQueueService.NonExistentQueue")])
    #expect(
      old.result
        == .failure(.service(code: "AWS.SimpleQueueService.NonExistentQueue", message: "because", status: 400)))
    #expect(old.requests.count == 1)
    let new = try await send(replies: [Self.refusal(400, "QueueDoesNotExist")])
    #expect(new.result == .failure(.service(code: "QueueDoesNotExist", message: "because", status: 400)))
  }

  @Test func throttlingAndServerTroubleAndLostConnectionsAreTriedAgain() async throws {
    let transient: [@Sendable (ScriptedConnection) async throws -> Void] = [
      Self.refusal(400, "RequestThrottled"), Self.refusal(503, "ServiceUnavailable"),
      { try await $0.reply(502, body: "<html>bad gateway</html>") }, { try await $0.close() },
    ]
    for reply in transient {
      let (result, requests, pauses) = try await send(replies: [
        reply, reply, { try await $0.reply(json: Self.stored) },
      ])
      #expect(try result.get() == "m-1")
      #expect(requests.count == 3)
      #expect(pauses.count == 2)
      #expect((Duration.milliseconds(50)...Duration.milliseconds(100)).contains(pauses[0]))
      #expect((Duration.milliseconds(100)...Duration.milliseconds(200)).contains(pauses[1]))
    }
  }

  @Test func attemptsAreBounded() async throws {
    let (result, requests, _) = try await send(replies: [Self.refusal(500, "InternalError")])
    #expect(result == .failure(.service(code: "InternalError", message: "because", status: 500)))
    #expect(requests.count == 3)
  }

  @Test func timeIsBounded() async throws {
    let (result, requests, _) = try await send(replies: [{ try await $0.forever() }], timeout: .milliseconds(200))
    guard case .failure(.transport(let error)) = result else { return #expect(Bool(false), "\(result)") }
    #expect(error.kind == .timedOut)
    #expect(requests.count == 1)
  }

  @Test(arguments: ["", "not JSON", "[]", #"{"MessageId":7}"#])
  func anAnswerThatIsNotSQSsIsAnError(body: String) async throws {
    let (result, requests, _) = try await send(replies: [{ try await $0.reply(200, body: body) }])
    guard case .failure(.badAnswer(_, status: 200)) = result else { return #expect(Bool(false), "\(result)") }
    #expect(requests.count == 1)
  }

  @Test func anotherDigestThanThatOfTheBodyIsAnError() async throws {
    let (result, _, _) = try await send("hello!", replies: [{ try await $0.reply(json: Self.stored) }])
    #expect(result == .failure(.corrupted(messageID: "m-1")))
  }
}
