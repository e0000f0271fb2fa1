import Testing

@testable import LocalLambda

/// Properties of a function that its runtime and SDKs are told of.
@Suite struct FunctionSettingsTests {
  /// A template of one function with these properties, and of other resources.
  private func template(_ properties: String, _ resources: String = "") throws -> Template {
    try Template(yaml: TemplateTests.function + "      \(properties)\n" + resources, path: "t.yaml")
  }

  private func function(_ properties: String, _ resources: String = "") throws -> FunctionResource {
    try #require(try template(properties, resources).functions.first)
  }

  @Test func aLogHasFormatLevelsAndGroup() throws {
    let logging = try function(
      "LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: DEBUG, SystemLogLevel: WARN, LogGroup: /my/group}"
    ).logging
    #expect(logging.format == .json)
    #expect(logging.applicationLevel == .debug)
    #expect(logging.systemLevel == .warn)
    #expect(logging.group == "/my/group")
  }

  @Test(arguments: [
    ("{LogFormat: XML}", "LogFormat must be one of Text, JSON"),
    ("{ApplicationLogLevel: LOUD}", "must be one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL"),
    ("{SystemLogLevel: ERROR}", "must be one of DEBUG, INFO, WARN"), ("{LogFormt: JSON}", "Did you mean LogFormat?"),
  ])
  func anotherLogIsRefused(written: String, says: String) {
    let error = #expect(throws: TemplateError.self) { try template("LoggingConfig: \(written)") }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    ("{LogFormat: Text, ApplicationLogLevel: DEBUG}", 1), ("{SystemLogLevel: DEBUG}", 1), ("{LogFormat: Text}", 0),
    ("{LogFormat: JSON, SystemLogLevel: DEBUG}", 0),
  ])
  func levelsWithoutJSONAreToldAbout(written: String, warnings: Int) throws {
    #expect(try template("LoggingConfig: \(written)").warnings.count == warnings)
  }

  @Test(arguments: [("{LogGroupName: /own}", "/own"), ("{RetentionInDays: 7}", "Group")])
  func aLogGroupOfTheTemplateIsKnownByItsName(properties: String, name: String) throws {
    let group = "  Group: {Type: AWS::Logs::LogGroup, Properties: \(properties)}\n"
    #expect(try function("LoggingConfig: {LogGroup: !Ref Group}", group).logging.group == name)
  }

  @Test(arguments: [
    ("{Arn: a, PerExecutionEnvironmentMaxConcurrency: 4}", 4), ("{Arn: a}", 8),
    ("{LambdaManagedInstancesCapacityProviderConfig: {PerExecutionEnvironmentMaxConcurrency: 1600}}", 1600),
  ])
  func anEnvironmentOfACapacityProviderWorksOnSeveralAtOnce(written: String, concurrency: Int) throws {
    let template = try template("CapacityProviderConfig: \(written)")
    let plan = try StackPlan(StackConfiguration(template: template, environment: [:], programDirectory: "/"))
    #expect(
      try plan.variables(of: plan.functions[0], .init()) == ["AWS_LAMBDA_MAX_CONCURRENCY": String(concurrency)])
  }

  @Test(arguments: [
    ("{PerExecutionEnvironmentMaxConcurrency: 1601}", "from 1 to 1600"), ("{PerExecution: 1}", "is not supported"),
  ])
  func anotherCapacityProviderIsRefused(written: String, says: String) {
    let error = #expect(throws: TemplateError.self) { try template("CapacityProviderConfig: \(written)") }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test func whatSDKsAreToldIsTheTemplates() throws {
    let details = try function(
      """
      Description: !Sub "In ${AWS::Region}."
            Tags: {team: blue, cost: 7}
            Architectures: [arm64]
            EphemeralStorage: {Size: 1024}
      """
    ).details
    #expect(details.runtime == "provided.al2023")
    #expect(details.description == "In us-east-1.")
    #expect(details.tags == ["team": "blue", "cost": "7"])
    #expect(details.architecture == "arm64")
    #expect(details.ephemeralStorageMB == 1024)
  }

  @Test(arguments: ["Description: !ImportValue x", "Tags: {a: !ImportValue x}", "Architectures: [pdp11]"])
  func whatSDKsCannotBeToldIsAWarning(written: String) throws {
    let template = try template(written)
    #expect(template.functions.first?.details == FunctionDetails())
    #expect(template.warnings.map(\.line) == [7])
    #expect(template.warnings.first?.what.hasSuffix("is ignored: it cannot be worked out locally") == true)
  }

  @Test func formsWithoutEffectHereAreTaken() throws {
    let template = try Template(
      yaml: """
        Transform: [AWS::Serverless-2016-10-31]
        Globals: {Api: {Cors: "'*'"}, SimpleTable: {SSESpecification: {SSEEnabled: true}}}

        """ + TemplateTests.function + """
                RecursiveLoop: Allow
                SourceKMSKeyArn: arn:aws:kms:us-east-1:000000000000:key/a
                VersionDescription: The first one.
                PublishToLatestPublished: true
                DurableConfig: {ExecutionTimeout: 60}
                TenancyConfig: {TenantIsolationMode: PER_TENANT}
          """, path: "t.yaml")
    let left = ["Globals.Api", "Globals.SimpleTable", "Echo.DurableConfig", "Echo.TenancyConfig"]
    #expect(template.warnings.compactMap { $0.what.split(separator: " ").first.map(String.init) } == left)
  }
}
