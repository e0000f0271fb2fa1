import TestSupport
import Testing

@testable import LocalLambda

@Suite struct StackPlanTests {
  static let endpoints = StackPlan.Endpoints(
    databaseURL: "postgresql:///own", sqs: "http://127.0.0.1:9", model: "http://127.0.0.1:7/v1",
    gateways: ["Api": "http://127.0.0.1:8"])

  private func plan(_ environment: [String: String] = [:], only function: String? = nil) throws -> StackPlan {
    let template = try Template(path: TestPaths.repository + "/template.yaml")
    var configuration = StackConfiguration(template: template, environment: environment, programDirectory: "/")
    configuration.onlyFunction = function
    return try StackPlan(configuration)
  }

  private func variables(of name: String, _ environment: [String: String] = [:]) throws -> [String: String] {
    let plan = try plan(environment)
    return try plan.variables(of: try #require(plan.template.function(name)), Self.endpoints)
  }

  @Test func withoutAnEnvironmentEverythingIsLocal() throws {
    let plan = try plan()
    #expect(plan.needsDatabase && plan.needsQueues && plan.needsModel)
    #expect(plan.apis.count == 1)
    #expect(plan.functions.map(\.name) == ["backend", "brain"])

    let backend = try variables(of: "backend")
    #expect(backend["DATABASE_URL"] == "postgresql:///own")
    #expect(backend["SQS_QUEUE_URL"] == "http://127.0.0.1:9/000000000000/memory-tasks")
    #expect(backend["AWS_ENDPOINT_URL_SQS"] == "http://127.0.0.1:9")
    #expect(backend["INACTIVITY_THRESHOLD"] == "2h")
    #expect(backend["LLM_BASE_URL"] == nil)

    let brain = try variables(of: "brain")
    #expect(brain["BACKEND_URL"] == "http://127.0.0.1:8")
    #expect(brain["LLM_BASE_URL"] == "http://127.0.0.1:7/v1")
    #expect(brain["LLM_MODEL"] == "stand-in")
    #expect(brain["DATABASE_URL"] == nil)
  }

  @Test func whatTheEnvironmentNamesIsUsedInstead() throws {
    let plan = try plan([
      "DATABASE_URL": "postgresql://db/x", "LLM_BASE_URL": "http://llm/v1", "SQS_QUEUE_URL": "http://q/1/m",
    ])
    #expect(!plan.needsDatabase && !plan.needsModel)
    #expect(plan.replacement(of: "MemoryTasks") == "http://q/1/m")
    let environment = [
      "DATABASE_URL": "postgresql://db/x", "LLM_BASE_URL": "http://llm/v1", "LLM_MODEL": "m",
      "INACTIVITY_THRESHOLD": "5",
      "AWS_ENDPOINT_URL_SQS": "http://elsewhere", "SQS_QUEUE_URL": "http://elsewhere/1/m",
    ]
    let backend = try variables(of: "backend", environment)
    #expect(backend["DATABASE_URL"] == "postgresql://db/x")
    #expect(backend["INACTIVITY_THRESHOLD"] == "5")
    #expect(backend["AWS_ENDPOINT_URL_SQS"] == "http://elsewhere")
    let brain = try variables(of: "brain", environment)
    #expect(brain["LLM_BASE_URL"] == "http://llm/v1")
    #expect(brain["LLM_MODEL"] == "m")
  }

  @Test func anEndpointWithoutAQueueOfItsOwnChangesNothing() throws {
    let backend = try variables(of: "backend", ["AWS_ENDPOINT_URL": "http://elsewhere"])
    #expect(backend["AWS_ENDPOINT_URL_SQS"] == "http://127.0.0.1:9")
  }

  @Test func anEmptyVariableCountsAsUnset() throws {
    #expect(try plan(["DATABASE_URL": "", "LLM_BASE_URL": ""]).needsDatabase)
    #expect(try variables(of: "backend", ["INACTIVITY_THRESHOLD": ""])["INACTIVITY_THRESHOLD"] == "2h")
  }

  @Test func whatEveryShellHasStaysTheTemplates() throws {
    let template = try Template(
      yaml: TemplateTests.function
        + "      Environment: {Variables: {HOME: /tmp/fh, LANG: de_DE.UTF-8, LC_ALL: C, OWN: a}}\n", path: "t.yaml")
    let environment = ["HOME": "/root", "LANG": "C.UTF-8", "LC_ALL": "POSIX", "OWN": "b"]
    let plan = try StackPlan(
      StackConfiguration(template: template, environment: environment, programDirectory: "/"))
    #expect(
      try plan.variables(of: plan.functions[0], .init())
        == ["HOME": "/tmp/fh", "LANG": "de_DE.UTF-8", "LC_ALL": "C", "OWN": "b"])
  }

  @Test func oneFunctionNeedsOnlyItsOwn() throws {
    let backend = try plan(only: "backend")
    #expect(backend.functions.map(\.name) == ["backend"])
    #expect(!backend.needsModel)
    let brain = try plan(only: "brain")
    #expect(brain.functions.map(\.name) == ["backend", "brain"])
  }

  @Test func anUnknownFunctionIsSuggested() {
    let error = #expect(throws: StackError.self) { try plan(only: "brian") }
    #expect(error?.message.contains("Did you mean brain?") == true)
  }

  @Test func anotherProviderNeedsAKeyOrAnAddress() throws {
    let error = #expect(throws: StackError.self) { try plan(["LLM_PROVIDER": "anthropic"]) }
    #expect(error?.kind == .configuration)
    #expect(error?.message.contains("LLM_API_KEY") == true)
    #expect(try !plan(["LLM_PROVIDER": "anthropic", "LLM_API_KEY": "k"]).needsModel)
  }

  @Test func whatOnlyExistsOnAWSHasToBeGiven() throws {
    let template = try Template(
      yaml: """
        Resources:
          Table: {Type: AWS::DynamoDB::Table}
          Echo:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: provided.al2023
              Handler: echo
              Environment: {Variables: {TABLE: !Ref Table}}
        """, path: "t.yaml")
    #expect(template.warnings.count == 1)
    func variables(_ environment: [String: String]) throws -> [String: String] {
      let plan = try StackPlan(
        StackConfiguration(template: template, environment: environment, programDirectory: "/"))
      return try plan.variables(of: plan.functions[0], .init())
    }
    let error = #expect(throws: StackError.self) { try variables([:]) }
    #expect(error?.message.hasPrefix("t.yaml:8: ") == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("Set TABLE in the environment") == true)
    #expect(try variables(["TABLE": "mine"])["TABLE"] == "mine")
  }

  @Test func aCircleThroughTheGatewayIsRefused() throws {
    let template = try Template(
      yaml: """
        Resources:
          Echo:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: provided.al2023
              Handler: echo
              Environment: {Variables: {URL: !Sub 'https://${ServerlessHttpApi}.execute-api.x'}}
              Events: {Any: {Type: HttpApi}}
        """, path: "t.yaml")
    let error = #expect(throws: StackError.self) {
      try StackPlan(StackConfiguration(template: template, environment: [:], programDirectory: "/"))
    }
    #expect(error?.message.contains("circle") == true)
  }
}
