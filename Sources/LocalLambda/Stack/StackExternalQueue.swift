internal import JSON
internal import NIOCore

/// A queue of somebody else that the environment names in place of a local one: polled over SQS's JSON protocol, so
/// that it drives the same function.
struct ExternalQueue: Sendable {
  /// As the environment gives it.
  let url: String
  let event: QueueEventResource
  let account: AccountIdentity
  private let client: LoopbackClient

  /// nil when the queue is behind HTTPS, which is not spoken here: at AWS, that is AWS's own work.
  init?(url: String, endpoint: String?, event: QueueEventResource, account: AccountIdentity) {
    guard let client = try? LoopbackClient(url: endpoint ?? Self.origin(of: url)) else { return nil }
    self.url = url
    self.event = event
    self.account = account
    self.client = client
  }

  /// Receives, invokes and deletes until the task is cancelled. A queue that does not answer is asked again.
  func run(
    report: @escaping @Sendable (StackEvent) -> Void, invoke: @Sendable ([UInt8]) async -> InvocationResult
  ) async throws {
    var isSilent = false
    while true {
      try Task.checkCancellation()
      do {
        let messages = try await receive()
        isSilent = false
        if !messages.isEmpty { try await work(off: messages, report: report, invoke: invoke) }
      } catch let error as LoopbackError {
        try Task.checkCancellation()
        if !isSilent { report(.warning("the queue \(url) does not answer: \(error.message). It is asked again")) }
        isSilent = true
        try await Task.sleep(for: .seconds(1))
      }
    }
  }

  private func receive() async throws -> [JSONValue] {
    let input: JSONValue = [
      "QueueUrl": .string(url), "MaxNumberOfMessages": .integer(min(10, event.batchSize)), "WaitTimeSeconds": 20,
      "MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"],
    ]
    return try await call("ReceiveMessage", input)["Messages"]?.arrayValue ?? []
  }

  private func work(
    off messages: [JSONValue], report: @Sendable (StackEvent) -> Void, invoke: ([UInt8]) async -> InvocationResult
  ) async throws {
    let ids = Set(messages.compactMap { $0["MessageId"]?.stringValue })
    let records = messages.map(record)
    let result = await invoke((["Records": .array(records)] as JSONValue).serializedBytes)
    guard case .success(let answer, _) = result.outcome else { return }
    var done = messages
    if event.reportBatchItemFailures {
      switch BatchItemFailures(answer: answer.readableBytesView, ids: ids) {
      case .none: break
      case .some(let failed): done.removeAll { failed.contains($0["MessageId"]?.stringValue ?? "") }
      case .all(let reason): return report(.warning("the answer for \(url) is not used: \(reason)"))
      }
    }
    guard !done.isEmpty else { return }
    let entries = done.enumerated().map { index, message -> JSONValue in
      ["Id": .string(String(index)), "ReceiptHandle": message["ReceiptHandle"] ?? .null]
    }
    _ = try await call("DeleteMessageBatch", ["QueueUrl": .string(url), "Entries": .array(entries)])
  }

  /// A received message as Lambda hands it on.
  private func record(_ message: JSONValue) -> JSONValue {
    var attributes = JSONObject()
    for attribute in message["MessageAttributes"]?.objectValue ?? [:] {
      var value: JSONObject = ["stringListValues": [], "binaryListValues": []]
      value["stringValue"] = attribute.value["StringValue"]
      value["binaryValue"] = attribute.value["BinaryValue"]
      value["dataType"] = attribute.value["DataType"]
      attributes[attribute.name] = .object(value)
    }
    var record: JSONObject = [
      "messageId": message["MessageId"] ?? .null, "receiptHandle": message["ReceiptHandle"] ?? .null,
      "body": message["Body"] ?? .null, "attributes": message["Attributes"] ?? [:],
      "messageAttributes": .object(attributes), "md5OfBody": message["MD5OfBody"] ?? .null,
      "eventSource": "aws:sqs",
      "eventSourceARN": .string(account.queueARN(String(url.split(separator: "/").last ?? ""))),
      "awsRegion": .string(account.region),
    ]
    record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return .object(record)
  }

  private func call(_ action: String, _ input: JSONValue) async throws -> JSONValue {
    // Emulators want to see an account and a region; none of them checks the signature.
    let credential = "local/20260101/\(account.region)/sqs/aws4_request"
    let response = try await client.send(
      "POST", "/",
      headers: [
        ("content-type", "application/x-amz-json-1.0"), ("x-amz-target", "AmazonSQS.\(action)"),
        ("authorization", "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=host, Signature=local"),
      ], body: input.serializedBytes)
    guard response.status == 200 else {
      throw LoopbackError(.lost, "\(action) was answered with \(response.status)")
    }
    return response.body.isEmpty ? [:] : (try? JSONValue(parsing: response.body)) ?? [:]
  }

  /// `http://host:port` of a queue's URL.
  private static func origin(of url: String) -> String {
    url.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
  }
}
