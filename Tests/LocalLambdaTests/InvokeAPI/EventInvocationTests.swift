import JSON
import NIOCore
import Synchronization
import Testing

@testable import LocalLambda

/// `Event` calls: tried again, given up, and told about.
@Suite(.timeLimit(.minutes(3))) struct EventInvocationTests {
  @Test func aSuccessIsToldToItsDestination() async throws {
    try await EventFixture.run(first: { $0.eventInvoke = EventInvokeConfiguration(onSuccess: EventFixture.records) }) {
      fixture in
      let id = try #require(try await fixture.send(#"{"n":  1e21}"#))
      let body = try await fixture.next("records").body
      let record = try JSONValue(parsing: body)
      #expect(record["version"] == "1.0")
      #expect(record["timestamp"]?.stringValue?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
      #expect(
        record["requestContext"] == [
          "requestId": .string(id), "functionArn": "arn:aws:lambda:us-east-1:000000000000:function:first:$LATEST",
          "condition": "Success", "approximateInvokeCount": 1,
        ])
      #expect(body.contains(#""requestPayload":{"n":  1e21},"#))
      #expect(record["responseContext"] == ["statusCode": 200, "executedVersion": "$LATEST"])
      #expect(body.hasSuffix(#""responsePayload":{"n":  1e21}}"#))
    }
  }

  @Test func aFailureIsTriedThriceAndThenToldAndBuried() async throws {
    let exits = Mutex<[String?]>([])
    let log: FunctionLogSink = { line in
      if line.text.contains("exit status 9") { exits.withLock { $0.append(line.requestID) } }
    }
    try await EventFixture.run(
      log: log,
      first: {
        $0.eventInvoke = EventInvokeConfiguration(onSuccess: EventFixture.letters, onFailure: EventFixture.records)
        $0.deadLetterTargetARN = EventFixture.letters
      }
    ) { fixture in
      let event = #"{"mode":"exit","code":9}"#
      let id = try #require(try await fixture.send(event))
      let record = try JSONValue(parsing: try await fixture.next("records").body)
      #expect(record["requestContext"]?["condition"] == "RetriesExhausted")
      #expect(record["requestContext"]?["approximateInvokeCount"] == 3)
      #expect(record["requestPayload"]?["code"] == 9)
      #expect(
        record["responseContext"] == ["statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"])
      let message = "RequestId: \(id) Error: Runtime exited with error: exit status 9"
      #expect(record["responsePayload"] == ["errorType": "Runtime.ExitError", "errorMessage": .string(message)])
      #expect(exits.withLock { $0 } == [id, id, id])

      let letter = try await fixture.next("letters")
      #expect(letter.body == event)
      let attributes = try #require(letter.details?.attributes)
      #expect(attributes["RequestID"] == MessageAttribute(dataType: "String", value: .string(id)))
      #expect(attributes["ErrorCode"] == MessageAttribute(dataType: "Number", value: .string("200")))
      #expect(attributes["ErrorMessage"] == MessageAttribute(dataType: "String", value: .string(message)))
    }
  }

  @Test func aFunctionCanBeToldToo() async throws {
    try await EventFixture.run(
      first: { $0.eventInvoke = EventInvokeConfiguration(onSuccess: EventFixture.second) },
      second: { $0.eventInvoke = EventInvokeConfiguration(onSuccess: EventFixture.records) }
    ) { fixture in
      _ = try await fixture.send("[7]")
      let record = try JSONValue(parsing: try await fixture.next("records").body)
      #expect(record["requestContext"]?["functionArn"]?.stringValue?.hasSuffix(":second:$LATEST") == true)
      let inner = try #require(record["responsePayload"])
      #expect(inner == record["requestPayload"])
      #expect(inner["requestPayload"] == [7])
      #expect(inner["requestContext"]?["condition"] == "Success")
    }
  }

  @Test func whatIsTooOldIsGivenUp() async throws {
    try await EventFixture.run(
      retryWait: .seconds(5),
      first: { $0.eventInvoke = EventInvokeConfiguration(maximumEventAge: 1, onFailure: EventFixture.records) }
    ) { fixture in
      _ = try await fixture.send(#"{"mode":"throw"}"#)
      let record = try JSONValue(parsing: try await fixture.next("records").body)
      #expect(record["requestContext"]?["condition"] == "EventAgeExceeded")
      #expect(record["requestContext"]?["approximateInvokeCount"] == 1)
    }
  }

  @Test func withoutConcurrencyNothingRuns() async throws {
    try await EventFixture.run(
      first: {
        $0.maximumConcurrency = 0
        $0.deadLetterTargetARN = EventFixture.letters
        $0.eventInvoke = EventInvokeConfiguration(onFailure: EventFixture.records)
      }
    ) { fixture in
      _ = try await fixture.send("1")
      let record = try JSONValue(parsing: try await fixture.next("records").body)
      #expect(record["requestContext"]?["condition"] == "ZeroReservedConcurrency")
      #expect(record["requestContext"]?["approximateInvokeCount"] == 0)
      #expect(record["responsePayload"] == nil && record["responseContext"] == nil)
      #expect(try await fixture.next("letters").details?.attributes["ErrorCode"]?.text == "429")
    }
  }

  @Test func whatIsThrottledComesLater() async throws {
    try await EventFixture.run(
      first: {
        $0.maximumConcurrency = 1
        $0.eventInvoke = EventInvokeConfiguration(onSuccess: EventFixture.records)
      }
    ) { fixture in
      for number in 0..<3 { _ = try await fixture.send(#"{"mode":"wait","milliseconds":100,"n":\#(number)}"#) }
      var numbers: Set<Int64> = []
      for _ in 0..<3 {
        let record = try JSONValue(parsing: try await fixture.next("records").body)
        #expect(record["requestContext"]?["approximateInvokeCount"] == 1)
        if let number = record["requestPayload"]?["n"]?.int64Value { numbers.insert(number) }
      }
      #expect(numbers == [0, 1, 2])
    }
  }

  @Test func onlyWhoWaitsIsToldToTheFunction() async throws {
    try await EventFixture.run(first: { $0.eventInvoke = EventInvokeConfiguration(onSuccess: EventFixture.records) }) {
      fixture in
      let context = Base64.encode(Array(#"{"custom":{"a":"b"}}"#.utf8))
      _ = try await fixture.send(#"{"mode":"context"}"#, headers: [("X-Amz-Client-Context", context)])
      let record = try JSONValue(parsing: try await fixture.next("records").body)
      #expect(record["responsePayload"]?["clientContext"] == .null)
      #expect(try await fixture.send("1", headers: [("X-Amz-Client-Context", "%")]) == nil)
    }
  }

  @Test func anAnswerThatIsNoJSONIsToldAsText() async throws {
    try await EventFixture.run(first: { $0.eventInvoke = EventInvokeConfiguration(onSuccess: EventFixture.records) }) {
      fixture in
      _ = try await fixture.send(#"{"mode":"garbage"}"#)
      let record = try JSONValue(parsing: try await fixture.next("records").body)
      #expect(record["responsePayload"] == #"{"not": json"#)
    }
  }

  @Test func aTargetThatIsNotThereIsLogged() async throws {
    let lines = Mutex<[String]>([])
    try await EventFixture.run(
      log: { line in lines.withLock { $0.append(line.text) } },
      first: { $0.eventInvoke = EventInvokeConfiguration(onSuccess: EventFixture.records + "-gone") }
    ) { fixture in
      _ = try await fixture.send("1")
      while !lines.withLock({ $0.contains { $0.hasPrefix("Event not delivered to arn:aws:sqs:") } }) {
        try await Task.sleep(for: .milliseconds(5))
      }
    }
  }

  @Test(arguments: [
    EventFixture.records + "-gone", "arn:aws:sqs:eu-west-1:000000000000:records",
    "arn:aws:lambda:us-east-1:000000000000:function:nobody", EventFixture.second + ":7",
  ])
  func aTargetThatIsNotThereCannotBeSet(target: String) async throws {
    try await EventFixture.run { fixture in
      for method in ["PUT", "POST"] {
        let refused = try await fixture.set(target, method)
        #expect(refused.status == 400)
        #expect(refused.header("x-amzn-errortype") == "InvalidParameterValueException")
        #expect(refused.json?["message"]?.stringValue == "The destination ARN \(target) is invalid.")
        // What is there can be set, and then there is a configuration to be updated.
        for known in [EventFixture.records, EventFixture.second, EventFixture.second + ":$LATEST"] {
          #expect(try await fixture.set(known, "PUT").status == 200)
        }
      }
    }
  }

  /// Where there are no queues, a queue may be somewhere else.
  @Test func withoutQueuesAnyQueueCanBeSet() async throws {
    try await EchoFixture.run { fixture in
      let body = #"{"DestinationConfig":{"OnFailure":{"Destination":"\#(EventFixture.records)"}}}"#
      let response = try await fixture.lambda.send(
        "PUT", "/2019-09-25/functions/echo/event-invoke-config", body: Array(body.utf8))
      #expect(response.status == 200)
    }
  }

  @Test(.enabled(if: Python.has("boto3")))
  func boto3SetsIt() async throws {
    let exits = Mutex(0)
    let log: FunctionLogSink = { line in if line.text.contains("exit status 9") { exits.withLock { $0 += 1 } } }
    try await EventFixture.run(log: log) { fixture in
      let output = try await Python.run(Self.script, "http://127.0.0.1:\(fixture.port)")
      #expect(output.hasSuffix("done\n"), "\(output)")
      let record = try JSONValue(parsing: try await fixture.next("records").body)
      #expect(record["requestContext"]?["approximateInvokeCount"] == 1)
      #expect(exits.withLock { $0 } == 1)
    }
  }

  private static let script = """
    import boto3, datetime, sys
    from botocore.config import Config
    client = boto3.client("lambda", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="x",
                          aws_secret_access_key="y", config=Config(retries={"total_max_attempts": 1}))
    def refused(code, text, call, **parameters):
        try:
            call(**parameters)
        except client.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == code and text in str(error), error.response
        else:
            raise SystemExit("not refused: " + code)
    name = {"FunctionName": "first"}
    refused("ResourceNotFoundException", "doesn't have an EventInvokeConfig",
            client.get_function_event_invoke_config, **name)
    refused("ResourceNotFoundException", "doesn't have an EventInvokeConfig",
            client.delete_function_event_invoke_config, **name)
    refused("ResourceNotFoundException", "doesn't have an EventInvokeConfig",
            client.update_function_event_invoke_config, MaximumRetryAttempts=1, **name)
    refused("InvalidParameterValueException", "at least one", client.put_function_event_invoke_config, **name)
    own = "arn:aws:lambda:us-east-1:000000000000:function:first"
    queue = "arn:aws:sqs:us-east-1:000000000000:records"
    refused("InvalidParameterValueException", "destination for itself", client.put_function_event_invoke_config,
            DestinationConfig={"OnFailure": {"Destination": own}}, **name)
    assert client.list_function_event_invoke_configs(**name)["FunctionEventInvokeConfigs"] == []
    put = client.put_function_event_invoke_config(MaximumRetryAttempts=2, MaximumEventAgeInSeconds=60, **name)
    assert put["FunctionArn"] == own + ":$LATEST" and put["MaximumEventAgeInSeconds"] == 60, put
    assert put["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {}}, put
    age = datetime.datetime.now(datetime.timezone.utc) - put["LastModified"]
    assert abs(age.total_seconds()) < 60, put
    client.update_function_event_invoke_config(
        MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": queue}}, **name)
    got = client.get_function_event_invoke_config(**name)
    assert got["MaximumRetryAttempts"] == 0 and got["MaximumEventAgeInSeconds"] == 60, got
    assert got["DestinationConfig"]["OnFailure"] == {"Destination": queue}, got
    assert len(client.list_function_event_invoke_configs(**name)["FunctionEventInvokeConfigs"]) == 1
    put = client.put_function_event_invoke_config(
        MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": queue}}, **name)
    assert "MaximumEventAgeInSeconds" not in put, put
    client.invoke(InvocationType="Event", Payload=b'{"mode":"exit","code":9}', **name)
    other = {"FunctionName": "second"}
    client.put_function_event_invoke_config(MaximumRetryAttempts=1, **other)
    client.delete_function_event_invoke_config(**other)
    refused("ResourceNotFoundException", "doesn't have", client.get_function_event_invoke_config, **other)
    print("done")
    """

  @Test(arguments: [
    (#"{"MaximumRetryAttempts":3}"#, "at 'maximumRetryAttempts' failed", "less than or equal to 2"),
    (#"{"MaximumEventAgeInSeconds":59}"#, "at 'maximumEventAgeInSeconds' failed", "greater than or equal to 60"),
    (#"{"DestinationConfig":{"OnSuccess":{"Destination":"x"}}}"#, "onSuccess.destination", "pattern"),
  ])
  func valuesOutOfRangeAreRefused(body: String, place: String, constraint: String) async throws {
    try await EventFixture.run { fixture in
      let response = try await fixture.lambda.send(
        "PUT", "/2019-09-25/functions/first/event-invoke-config", body: Array(body.utf8))
      #expect(response.status == 400)
      #expect(response.header("x-amzn-errortype") == "ValidationException")
      let message = response.json?["message"]?.stringValue ?? ""
      #expect(message.contains(place) && message.contains(constraint), "\(message)")
    }
  }
}

extension EventFixture {
  /// Sets where the first function's successes are told.
  fileprivate func set(_ target: String, _ method: String) async throws -> OneShotClient.Response {
    let body = #"{"DestinationConfig":{"OnSuccess":{"Destination":"\#(target)"}}}"#
    return try await lambda.send(
      method, "/2019-09-25/functions/first/event-invoke-config", body: Array(body.utf8))
  }
}
