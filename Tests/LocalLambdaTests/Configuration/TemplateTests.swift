import Testing

@testable import LocalLambda

@Suite struct TemplateTests {
  @Test func variablesBeyondFourKilobytesAreRefused() throws {
    func template(_ length: Int) throws -> Template {
      let value = String(repeating: "x", count: length)
      return try Template(
        yaml: Self.function + "      Environment: {Variables: {A: \(value), B: !Sub '${AWS::Region}'}}\n",
        path: "t.yaml")
    }
    #expect(try template(4000).functions.first?.environment.count == 2)
    let error = #expect(throws: TemplateError.self) { try template(4080) }
    #expect(error?.description.contains("exceeded the 4KB limit") == true, "\(error?.description ?? "")")
  }

  /// The smallest function that is complete; lines are counted from it in the tests below.
  static let function = """
    Resources:
      Echo:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: provided.al2023
          Handler: echo

    """

  @Test func readsAFunctionWithDefaults() throws {
    let template = try Template(yaml: Self.function, path: "t.yaml")
    let function = try #require(template.function("Echo"))
    #expect(function.name == "Echo")
    #expect(function.handler == "echo")
    #expect(function.timeout == 3)
    #expect(function.memorySize == 128)
    #expect(function.routes.isEmpty && function.queueEvents.isEmpty && function.prepare.isEmpty)
    #expect(template.warnings.isEmpty)
  }

  @Test func readsTheProjectsOwnTemplate() throws {
    let template = try Template(path: TestPaths.repository + "/template.yaml")
    #expect(template.functions.map(\.name) == ["backend", "brain"])
    #expect(template.warnings.isEmpty)
    let backend = try #require(template.function("backend"))
    #expect(backend.prepare == ["migrate"])
    #expect(backend.routes.map(\.routeKey) == ["$default"])
    #expect(backend.variable("DATABASE_URL")?.value.plain == "")
    #expect(backend.variable("INACTIVITY_THRESHOLD")?.value.plain == "2h")
    let brain = try #require(template.function("brain"))
    #expect(brain.queueEvents.first?.queue == "MemoryTasks")
    #expect(brain.queueEvents.first?.reportBatchItemFailures == true)
    #expect(brain.variable("SQS_QUEUE_URL")?.value.segments == [.resource("MemoryTasks", attribute: nil)])
    #expect(brain.variable("BACKEND_URL")?.value.resources == ["Api"])
    let tasks = try #require(template.queue("MemoryTasks"))
    #expect(tasks.name == "memory-tasks")
    #expect(tasks.redrive == .init(deadLetterQueue: "MemoryTasksDeadLetters", maxReceiveCount: 5))
    #expect(tasks.visibilityTimeout >= 6 * brain.timeout)
  }

  @Test func functionsPropertiesWinOverGlobals() throws {
    let template = try Template(
      yaml: """
        Globals:
          Function:
            Runtime: provided.al2
            Timeout: 7
            Environment: {Variables: {A: global, B: global}}
        Resources:
          One:
            Type: AWS::Serverless::Function
            Properties:
              Handler: one
              Timeout: 9
              Environment: {Variables: {B: own}}
        """, path: "t.yaml")
    let one = try #require(template.function("one"))
    #expect(one.timeout == 9)
    #expect(one.variable("A")?.value.plain == "global")
    #expect(one.variable("B")?.value.plain == "own")
  }

  @Test func aNameInAnotherCaseIsFoundWhenItIsUnambiguous() throws {
    let template = try Template(yaml: Self.function, path: "t.yaml")
    #expect(template.function("eCHO")?.logicalID == "Echo")
    #expect(template.function("ech") == nil)
  }

  @Test func aResourceWhoseConditionIsFalseIsNotThere() throws {
    let template = try Template(
      yaml: """
        Parameters: {Stage: {Type: String, Default: dev}}
        Conditions:
          IsProduction: !Equals [!Ref Stage, prod]
          IsNot: !Not [!Condition IsProduction]
        Resources:
          Dead: {Type: AWS::SQS::Queue, Condition: IsProduction}
          Alive: {Type: AWS::SQS::Queue, Condition: IsNot}
        """, path: "t.yaml")
    #expect(template.queues.map(\.name) == ["Alive"])
  }

  @Test func harmlessPropertiesAreNamedInAWarning() throws {
    let template = try Template(yaml: Self.function + "      Tracing: Active\n", path: "t.yaml")
    #expect(
      template.warnings.map(\.description) == ["t.yaml:7: Echo.Tracing is ignored: no traces are collected locally."])
  }

  struct Refusal: CustomTestStringConvertible, Sendable {
    var name: String
    var yaml: String
    var line: Int?
    var says: String
    var testDescription: String { name }
  }

  static let properties = function
  static let queue = "  Q: {Type: AWS::SQS::Queue}\n"
  static func event(_ properties: String) -> String {
    """
          Events:
            Work:
              Type: SQS
              Properties: \(properties)

    """
  }

  @Test(arguments: [
    Refusal(name: "not YAML", yaml: "Resources: [", line: 2, says: "not YAML"),
    Refusal(name: "empty", yaml: "", line: nil, says: "empty"),
    Refusal(name: "a key twice", yaml: "Resources: {}\nResources: {}\n", line: 2, says: "twice"),
    Refusal(name: "no resources", yaml: "Description: x", line: 1, says: "no Resources"),
    Refusal(
      name: "macro", yaml: "Transform: [AWS::Serverless-2016-10-31, AWS::LanguageExtensions]\n" + function, line: 1,
      says: "No other macro"),
    Refusal(name: "unknown globals", yaml: "Globals: {Apis: {}}\n" + function, line: 1, says: "Globals.Apis"),
    Refusal(name: "unknown section", yaml: "Resorces: {A: {}}\n" + function, line: 1, says: "Did you mean Resources?"),
    Refusal(name: "unknown property", yaml: properties + "      TimeOut: 3\n", line: 7, says: "Did you mean Timeout?"),
    Refusal(name: "layers", yaml: properties + "      Layers: [a]\n", line: 7, says: "Put what the layer holds"),
    Refusal(name: "timeout too long", yaml: properties + "      Timeout: 901\n", line: 7, says: "1 to 900"),
    Refusal(
      name: "managed runtime", yaml: function.replacing("provided.al2023", with: "python3.13"), line: 2,
      says: "python3.13"),
    Refusal(
      name: "type", yaml: "Resources:\n  A:\n    Type: AWS::Serverless::Api\n", line: 2,
      says: "AWS::Serverless::HttpApi"),
    Refusal(
      name: "unknown reference", yaml: properties + "      MemorySize: !Ref Eco\n", line: 7, says: "Did you mean Echo?"),
    Refusal(
      name: "unknown function", yaml: properties + "      CodeUri: !ImportValue x\n", line: 7, says: "ImportValue"),
    Refusal(
      name: "queue of nowhere", yaml: properties + event("{Queue: !GetAtt Nowhere.Arn}"), line: 10,
      says: "there is no resource Nowhere"),
    Refusal(
      name: "filter",
      yaml: properties + event("{Queue: !GetAtt Q.Arn, FilterCriteria: {Filters: [{Pattern: '{}'}]}}") + queue,
      line: 10, says: "Lambda refuses: Empty objects are not allowed"),
    Refusal(
      name: "window", yaml: properties + event("{Queue: !GetAtt Q.Arn, BatchSize: 11}") + queue, line: 8,
      says: "MaximumBatchingWindowInSeconds"),
    Refusal(
      name: "pollers",
      yaml: properties + event("{Queue: !GetAtt Q.Arn, ProvisionedPollerConfig: {MinimumPollers: 1}}") + queue,
      line: 10, says: "2 to 200"),
    Refusal(
      name: "more pollers than at most",
      yaml: properties
        + event("{Queue: !GetAtt Q.Arn, ProvisionedPollerConfig: {MinimumPollers: 9, MaximumPollers: 3}}") + queue,
      line: 8, says: "a minimum of 9 over a maximum of 3"),
    Refusal(
      name: "two ways to scale",
      yaml: properties
        + event(
          "{Queue: !GetAtt Q.Arn, ProvisionedPollerConfig: {MinimumPollers: 2}, ScalingConfig: {MaximumConcurrency: 2}}"
        ) + queue, line: 8, says: "exclude each other"),
    Refusal(
      name: "visibility below time-out",
      yaml: properties + "      Timeout: 60\n" + event("{Queue: !GetAtt Q.Arn}") + queue, line: 12, says: "360"),
    Refusal(
      name: "other event", yaml: properties + "      Events: {S3: {Type: S3}}\n", line: 7, says: "lambda-local invoke"),
    Refusal(
      name: "dead letters to nowhere",
      yaml: "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      RedrivePolicy: "
        + "{deadLetterTargetArn: 'arn:x', maxReceiveCount: 3}\n", line: 5, says: "GetAtt"),
    Refusal(
      name: "fifo name",
      yaml: "Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, QueueName: a}}\n",
      line: 2, says: ".fifo"),
    Refusal(
      name: "a circle of conditions",
      yaml: "Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\nResources:\n  "
        + "Q: {Type: AWS::SQS::Queue, Condition: A}\n", line: 1, says: "needs itself"),
  ]) func isRefusedByNameAndLine(_ refusal: Refusal) {
    let error = #expect(throws: TemplateError.self) {
      try Template(yaml: refusal.yaml, path: "t.yaml")
    }
    #expect(error?.line == refusal.line, "\(error?.description ?? "")")
    #expect(error?.description.contains(refusal.says) == true, "\(error?.description ?? "")")
  }

  @Test func aQueueEventMayHaveFiltersAndAQueueElsewhere() throws {
    let template = try Template(
      yaml: Self.properties
        + Self.event(
          "{Queue: 'arn:aws:sqs:eu-west-1:123456789012:far', FilterCriteria: {Filters: [{Pattern: '{\"body\":[\"x\"]}'}]}}"
        ),
      path: "t.yaml")
    let event = try #require(template.functions.first?.queueEvents.first)
    #expect(event.queue == "arn:aws:sqs:eu-west-1:123456789012:far")
    #expect(event.isElsewhere)
    #expect(event.filterPatterns == [#"{"body":["x"]}"#])
  }

  @Test func theARNOfAQueueHereIsThatQueue() throws {
    let arn = "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}"
    let template = try Template(
      yaml: Self.properties + Self.event("{Queue: !Sub '\(arn):q'}") + """
          Q:
            Type: AWS::SQS::Queue
            Properties: {QueueName: q, RedrivePolicy: {deadLetterTargetArn: !Sub '\(arn):dead', maxReceiveCount: 3}}
          Dead: {Type: AWS::SQS::Queue, Properties: {QueueName: dead}}
        """, path: "t.yaml")
    let event = try #require(template.functions.first?.queueEvents.first)
    #expect(event.queue == "Q")
    #expect(!event.isElsewhere)
    #expect(template.queue("Q")?.redrive?.deadLetterQueue == "Dead")
  }

  @Test func aQueueMayBeNamedInAText() throws {
    let template = try Template(
      yaml: Self.properties + Self.event("{Queue: !Sub '${Q.Arn}'}") + Self.queue, path: "t.yaml")
    #expect(template.functions.first?.queueEvents.first?.queue == "Q")
  }

  @Test func aQueueEventMayProvisionItsPollers() throws {
    let template = try Template(
      yaml: Self.properties
        + Self.event("{Queue: !GetAtt Q.Arn, ProvisionedPollerConfig: {MaximumPollers: 20}}") + Self.queue,
      path: "t.yaml")
    #expect(template.functions.first?.queueEvents.first?.provisionedPollers == 2...20)
  }

  @Test func aMissingFileIsSaidToBeMissing() {
    let error = #expect(throws: TemplateError.self) { try Template(path: "/nowhere/template.yaml") }
    #expect(error?.description.hasPrefix("/nowhere/template.yaml: ") == true)
  }
}
