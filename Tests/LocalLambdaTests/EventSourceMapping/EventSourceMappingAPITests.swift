import JSON
import Testing

@testable import LocalLambda

@Suite(.timeLimit(.minutes(2))) struct EventSourceMappingAPITests {
  @Test func aMappingIsMadeListedReadAndDeleted() async throws {
    try await MappingFixture.run { fixture in
      let created = try await fixture.call(
        "POST", "",
        [
          "EventSourceArn": .string(MappingFixture.queueARN), "FunctionName": "echo", "BatchSize": 20,
          "MaximumBatchingWindowInSeconds": 1, "ScalingConfig": ["MaximumConcurrency": 2],
          "FunctionResponseTypes": ["ReportBatchItemFailures"],
          "FilterCriteria": ["Filters": [["Pattern": #"{"body":{"a":["x"]}}"#]]],
        ])
      #expect(created.status == 202)
      var object = try #require(created.json?.objectValue)
      let uuid = try #require(object["UUID"]?.stringValue)
      let lastModified = try #require(object["LastModified"]?.serialized)
      #expect(lastModified.contains(#/^[0-9]{10}\.[0-9]{3}$/#))
      object["LastModified"] = nil
      #expect(
        JSONValue.object(object) == [
          "UUID": .string(uuid), "BatchSize": 20, "MaximumBatchingWindowInSeconds": 1,
          "EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:q",
          "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:echo",
          "EventSourceMappingArn": .string("arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:\(uuid)"),
          "State": "Creating", "StateTransitionReason": "USER_INITIATED",
          "FunctionResponseTypes": ["ReportBatchItemFailures"], "ScalingConfig": ["MaximumConcurrency": 2],
          "FilterCriteria": ["Filters": [["Pattern": #"{"body":{"a":["x"]}}"#]]],
        ])
      try await fixture.waitFor("Enabled", uuid)
      #expect(try await fixture.call("GET", "/\(uuid)").status == 200)
      let list = try await fixture.call("GET")
      #expect(list.json?["EventSourceMappings"]?.arrayValue?.map { $0["UUID"]?.stringValue } == [uuid])

      let deleted = try await fixture.call("DELETE", "/\(uuid)")
      #expect(deleted.status == 202)
      #expect(deleted.json?["State"] == "Deleting")
      #expect(try await eventually { try await fixture.call("GET", "/\(uuid)").status == 404 })
      #expect(try await fixture.call("GET").json?["EventSourceMappings"] == [])
    }
  }

  @Test func aMappingDrivesTheFunctionUntilItIsDisabledAndAgainOnceEnabled() async throws {
    try await MappingFixture.run { fixture in
      func expectEmpty() async throws {
        #expect(try await eventually { try await fixture.service.counts(of: "q") == Queue.Counts() })
      }
      try await fixture.service.send("one", to: "q")
      let uuid = try await fixture.create()
      try await expectEmpty()
      #expect(
        try await eventually { try await fixture.call("GET", "/\(uuid)").json?["LastProcessingResult"] == "OK" })

      let disabling = try await fixture.call("PUT", "/\(uuid)", ["Enabled": false])
      #expect(disabling.status == 202)
      #expect(disabling.json?["State"] == "Disabling")
      try await fixture.waitFor("Disabled", uuid)
      try await fixture.service.send("two", to: "q")
      #expect(try await fixture.service.waitingPolls(of: "q") == 0)
      #expect(try await fixture.service.bodies(of: "q") == ["two"])

      #expect(try await fixture.call("PUT", "/\(uuid)", ["Enabled": true]).json?["State"] == "Enabling")
      try await expectEmpty()
      try await fixture.waitFor("Enabled", uuid)
    }
  }

  @Test func aMappingMadeDisabledPollsNothing() async throws {
    try await MappingFixture.run { fixture in
      let created = try await fixture.call(
        "POST", "", ["EventSourceArn": .string(MappingFixture.queueARN), "FunctionName": "echo", "Enabled": false])
      #expect(created.json?["State"] == "Disabled")
      #expect(try await fixture.service.waitingPolls(of: "q") == 0)
    }
  }

  @Test func anUpdateChangesWhatItNames() async throws {
    try await MappingFixture.run { fixture in
      let uuid = try await fixture.create([
        "ScalingConfig": ["MaximumConcurrency": 2], "FilterCriteria": ["Filters": [["Pattern": #"{"body":["x"]}"#]]],
      ])
      let updated = try await fixture.call("PUT", "/\(uuid)", ["BatchSize": 3, "FunctionName": "echo:$LATEST"])
      #expect(updated.json?["State"] == "Updating")
      #expect(updated.json?["BatchSize"] == 3)
      #expect(updated.json?["FunctionArn"] == "arn:aws:lambda:eu-west-1:123456789012:function:echo:$LATEST")
      #expect(updated.json?["ScalingConfig"] == ["MaximumConcurrency": 2])
      try await fixture.waitFor("Enabled", uuid)
      let cleared = try await fixture.call("PUT", "/\(uuid)", ["ScalingConfig": [:], "FilterCriteria": [:]])
      #expect(cleared.json?["ScalingConfig"] == nil)
      #expect(cleared.json?["FilterCriteria"] == nil)
      try await fixture.waitFor("Enabled", uuid)
      try await fixture.service.send("not x", to: "q")
      #expect(
        try await eventually { try await fixture.call("GET", "/\(uuid)").json?["LastProcessingResult"] == "OK" },
        "the filter is gone, and the function is called")
    }
  }

  @Test func pollersCanBeProvisioned() async throws {
    try await MappingFixture.run { fixture in
      let uuid = try await fixture.create(["ProvisionedPollerConfig": ["MaximumPollers": 300]])
      #expect(
        try await fixture.call("GET", "/\(uuid)").json?["ProvisionedPollerConfig"]
          == ["MinimumPollers": 2, "MaximumPollers": 300])
      try await fixture.service.send("x", to: "q")
      #expect(
        try await eventually { try await fixture.call("GET", "/\(uuid)").json?["LastProcessingResult"] == "OK" })
      let refused = try await fixture.call("PUT", "/\(uuid)", ["ScalingConfig": ["MaximumConcurrency": 2]])
      #expect(refused.header("x-amzn-errortype") == "InvalidParameterValueException")
      let changed = try await fixture.call(
        "PUT", "/\(uuid)", ["ScalingConfig": ["MaximumConcurrency": 2], "ProvisionedPollerConfig": [:]])
      #expect(changed.json?["ProvisionedPollerConfig"] == nil)
      #expect(changed.json?["ScalingConfig"] == ["MaximumConcurrency": 2])
    }
  }

  @Test func whatIsBeingChangedIsInUse() async throws {
    try await MappingFixture.run { fixture in
      let uuid = try await fixture.create()
      try await fixture.service.send(#"{}"#, to: "q")
      // Both answers come before the first change is done, or the second finds it done: never two at once.
      async let first = fixture.call("DELETE", "/\(uuid)")
      async let second = fixture.call("DELETE", "/\(uuid)")
      let statuses = try await [first.status, second.status].sorted()
      #expect(statuses == [202, 400] || statuses == [202, 404])
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var method = "POST"
    var path = ""
    let body: JSONValue
    let status: Int
    let type: String
    let says: String
    var testDescription: String { "\(method) \(path) \(body)" }
  }

  private static func create(_ more: JSONObject, _ type: String, _ says: String) -> Refusal {
    var body: JSONObject = ["EventSourceArn": .string(MappingFixture.queueARN), "FunctionName": "echo"]
    for member in more { body[member.name] = member.value }
    return Refusal(body: .object(body), status: 400, type: type, says: says)
  }

  private static let invalid = "InvalidParameterValueException"
  static let refusals = [
    create(["FunctionName": "nobody"], invalid, "Function does not exist"),
    create(["FunctionName": "echo:7"], invalid, "Function does not exist"),
    create(["EventSourceArn": .null], invalid, "Unrecognized event source."),
    create(
      ["EventSourceArn": "arn:aws:kinesis:eu-west-1:123456789012:stream/x"], invalid, "Unrecognized event source."),
    create(
      ["EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:none"], invalid,
      "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
        + "SQS Error Message: The specified queue does not exist."),
    create(
      ["EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:brief"], invalid,
      "Queue visibility timeout: 1 seconds is less than Function timeout: 20 seconds"),
    create(
      ["BatchSize": 11], invalid,
      "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"),
    create(
      ["EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:q.fifo", "MaximumBatchingWindowInSeconds": 1], invalid,
      "Batching window is not supported for FIFO queues"),
    create(["StartingPosition": "LATEST"], invalid, "StartingPosition is not valid for SQS event sources."),
    create(
      ["DestinationConfig": ["OnFailure": [:]]], invalid,
      "Unsupported DestinationConfig parameter for given event source mapping type."),
    create(
      ["FilterCriteria": ["Filters": [["Pattern": "simple string"]]]], invalid, "Invalid filter pattern definition."),
    create(
      ["FilterCriteria": ["Filters": [["Pattern": #"{"eventSource":[]}"#]]]], invalid,
      "Invalid filter pattern definition."),
    create(
      ["BatchSize": 10_001], "ValidationException",
      "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint: "
        + "Member must have value less than or equal to 10000"),
    create(
      ["ScalingConfig": ["MaximumConcurrency": 1]], "ValidationException",
      "1 validation error detected: Value '1' at 'scalingConfig.maximumConcurrency' failed to satisfy constraint: "
        + "Member must have value greater than or equal to 2"),
    create(
      ["ProvisionedPollerConfig": ["MinimumPollers": 201]], "ValidationException",
      "1 validation error detected: Value '201' at 'provisionedPollerConfig.minimumPollers' failed to satisfy "
        + "constraint: Member must have value less than or equal to 200"),
    create(
      ["ProvisionedPollerConfig": ["MinimumPollers": 3, "MaximumPollers": 2]], invalid,
      "MinimumPollers must be less than or equal to MaximumPollers"),
    create(
      ["ProvisionedPollerConfig": ["MaximumPollers": 2], "ScalingConfig": ["MaximumConcurrency": 2]], invalid,
      "ProvisionedPollerConfig and ScalingConfig cannot be used together"),
    create(
      ["ProvisionedPollerConfig": ["MaximumPollers": 2, "PollerGroupName": "g"]], invalid,
      "Unsupported PollerGroupName parameter for given event source mapping type."),
    create(["BatchSize": "ten"], "SerializationException", "BatchSize is of the wrong type"),
    Refusal(
      method: "GET", path: "/14e0db71-0000-0000-0000-000000000000", body: [:], status: 404,
      type: "ResourceNotFoundException", says: "The resource you requested does not exist."),
    Refusal(
      method: "PUT", path: "/14e0db71-0000-0000-0000-000000000000", body: [:], status: 404,
      type: "ResourceNotFoundException", says: "The resource you requested does not exist."),
    Refusal(
      method: "DELETE", path: "/14e0db71-0000-0000-0000-000000000000", body: [:], status: 404,
      type: "ResourceNotFoundException", says: "The resource you requested does not exist."),
  ]

  @Test(arguments: refusals) func whatLambdaRefusesIsRefusedInItsWords(refusal: Refusal) async throws {
    try await MappingFixture.run { fixture in
      let response = try await fixture.call(refusal.method, refusal.path, refusal.body)
      #expect(response.status == refusal.status)
      #expect(response.header("x-amzn-errortype") == refusal.type)
      #expect((response.json?["message"] ?? response.json?["Message"])?.stringValue == refusal.says)
      #expect(try await fixture.call("GET").json?["EventSourceMappings"] == [])
    }
  }

  @Test func theSameQueueAndFunctionTwiceIsAConflict() async throws {
    try await MappingFixture.run { fixture in
      let uuid = try await fixture.create()
      let again = try await fixture.call(
        "POST", "", ["EventSourceArn": .string(MappingFixture.queueARN), "FunctionName": "echo"])
      #expect(again.status == 409)
      #expect(again.header("x-amzn-errortype") == "ResourceConflictException")
      #expect(
        again.json?["message"]?.stringValue
          == "An event source mapping with SQS arn (\" arn:aws:sqs:eu-west-1:123456789012:q \") and function "
          + "(\" echo \") already exists. Please update or delete the existing mapping with UUID \(uuid)")
    }
  }

  @Test func listsArePagedAndFiltered() async throws {
    try await MappingFixture.run { fixture in
      for number in 1...3 {
        try await fixture.service.declare(
          QueueConfiguration(name: "p\(number)", attributes: ["VisibilityTimeout": "60"]))
        _ = try await fixture.create(["EventSourceArn": .string(MappingFixture.account.queueARN("p\(number)"))])
      }
      let first = try await fixture.call("GET", "?MaxItems=2")
      #expect(first.json?["EventSourceMappings"]?.arrayValue?.count == 2)
      let marker = try #require(first.json?["NextMarker"]?.stringValue)
      let second = try await fixture.call("GET", "?MaxItems=2&Marker=\(marker)")
      #expect(
        second.json?["EventSourceMappings"]?.arrayValue?.map { $0["EventSourceArn"]?.stringValue }
          == [MappingFixture.account.queueARN("p3")])
      #expect(second.json?["NextMarker"] == .null)
      let one = try await fixture.call("GET", "?EventSourceArn=arn%3Aaws%3Asqs%3Aeu-west-1%3A123456789012%3Ap2")
      #expect(one.json?["EventSourceMappings"]?.arrayValue?.count == 1)
      #expect(try await fixture.call("GET", "?FunctionName=echo").json?["EventSourceMappings"]?.arrayValue?.count == 3)
      #expect(try await fixture.call("GET", "?FunctionName=nobody").status == 400)
    }
  }

  @Test func aMappingOfTheTemplateHasTheSameIDEachTime() async throws {
    var seen: Set<String> = []
    for _ in 1...2 {
      try await MappingFixture.run { fixture in
        let host = try #require(await fixture.mappings.host(named: "echo"))
        try await fixture.mappings.add(
          EventSourceMappingConfiguration(), queue: LocalQueue("q", of: fixture.service), function: host, enabled: true)
        let list = try await fixture.call("GET")
        seen.insert(list.json?["EventSourceMappings"]?.arrayValue?.first?["UUID"]?.stringValue ?? "")
      }
    }
    #expect(seen.count == 1)
    let uuid = try #require(seen.first)
    #expect(uuid.contains(#/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/#))
  }

  @Test func whereThereAreNoQueuesThereAreNoMappings() async throws {
    try await EchoFixture.run { fixture in
      let list = try await fixture.lambda.send("GET", "/2015-03-31/event-source-mappings")
      #expect(list.json?["EventSourceMappings"] == [])
      let created = try await fixture.lambda.send("POST", "/2015-03-31/event-source-mappings", body: Array("{}".utf8))
      #expect(created.status == 400)
      #expect(created.header("x-amzn-errortype") == "InvalidParameterValueException")
      #expect(created.text.contains("lambda-local up"))
    }
  }
}

extension EventSourceMappings {
  func host(named name: String) -> FunctionHost? { functions.first { $0.configuration.name == name } }
}
