import JSON
import Testing

@testable import LocalLambda

/// A value of the wrong type in one entry of a batch: then the request cannot be read, and nothing of it is done.
@Suite struct QueueBatchTests {
  private static func refuse(
    _ sqs: QueueServerFixture, _ action: String, _ entries: JSONValue, _ message: String
  ) async throws {
    let answer = try await sqs.json(action, ["QueueUrl": "q", "Entries": entries])
    #expect(answer.status == 400)
    #expect(answer.json?["__type"] == "com.amazon.coral.service#SerializationException")
    #expect(answer.json?["message"] == .string(message))
  }

  @Test func nothingIsSent() async throws {
    try await QueueServerFixture.run { sqs in
      try await sqs.create("q")
      try await Self.refuse(
        sqs, "SendMessageBatch", [["Id": "a", "MessageBody": "x"], ["Id": "b", "MessageBody": 5]],
        "NUMBER_VALUE can not be converted to a String")
      #expect(try await sqs.service.counts(of: "q").total == 0)
    }
  }

  @Test func nothingIsDeletedAndNothingShown() async throws {
    try await QueueServerFixture.run { sqs in
      let url = try await sqs.create("q")
      try await sqs.service.send("x", to: "q")
      let handle = try #require(try await sqs.receive(url).first?["ReceiptHandle"])
      try await Self.refuse(
        sqs, "DeleteMessageBatch", [["Id": "a", "ReceiptHandle": handle], ["Id": "b", "ReceiptHandle": [handle]]],
        "START_ARRAY can not be converted to a String")
      try await Self.refuse(
        sqs, "ChangeMessageVisibilityBatch",
        [
          ["Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": 0],
          ["Id": "b", "ReceiptHandle": handle, "VisibilityTimeout": "0"],
        ], "STRING_VALUE can not be converted to a Integer")
      #expect(try await sqs.service.counts(of: "q") == Queue.Counts(available: 0, delayed: 0, inFlight: 1))
    }
  }
}
