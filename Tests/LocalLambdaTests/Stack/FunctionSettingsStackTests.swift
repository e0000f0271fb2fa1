import JSON
import NIOCore
import TestSupport
import Testing

@testable import LocalLambda

/// What a template says of a function is what its runtime finds and what SDKs are told.
@Suite(.timeLimit(.minutes(2))) struct FunctionSettingsStackTests {
  static let yaml = """
    Globals:
      Function: {Handler: echo-function, Timeout: 20}
    Resources:
      Told:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: provided.al2
          Description: Says it again.
          Tags: {team: blue}
          Architectures: [arm64]
          EphemeralStorage: {Size: 1024}
          LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: DEBUG, SystemLogLevel: WARN, LogGroup: /my/group}
      Managed:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: provided.al2023
          CapacityProviderConfig: {Arn: a, PerExecutionEnvironmentMaxConcurrency: 3}
      Plain:
        Type: AWS::Serverless::Function
        Properties: {Runtime: provided.al2023, LoggingConfig: {ApplicationLogLevel: DEBUG}}
      Own:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: provided.al2023
          LoggingConfig: {LogFormat: JSON}
          Environment: {Variables: {AWS_LAMBDA_LOG_LEVEL: ERROR}}
    """

  private func run(_ body: @escaping @Sendable (Stack) async throws -> Void) async throws {
    try await Stack.run(
      StackConfiguration(
        template: try Template(yaml: Self.yaml, path: "/nowhere/t.yaml"), environment: [:],
        programDirectory: BuiltProducts.folder), body)
  }

  /// The variables of these names that a function finds, joined; `-` for those that it does not.
  private static func found(_ names: [String], by function: String, in stack: Stack) async throws -> [String] {
    let result = try #require(await stack.invoke(function, Array(#"{"mode":"environment"}"#.utf8)))
    guard case .success(let payload, _) = result.outcome else { return ["\(result.outcome)"] }
    let environment = try JSONValue(parsing: payload.readableBytesView)
    return names.map { environment[$0]?.stringValue ?? "-" }
  }

  @Test func theLogsSettingsAreInTheEnvironment() async throws {
    let names = ["AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL", "AWS_LAMBDA_LOG_GROUP_NAME"]
    try await run { stack in
      let told = try await Self.found(names, by: "Told", in: stack)
      #expect(told == ["JSON", "DEBUG", "/my/group"])
      let managed = try await Self.found(names, by: "Managed", in: stack)
      #expect(managed == ["JSON", "INFO", "/aws/lambda/Managed"])
      let plain = try await Self.found(names, by: "Plain", in: stack)
      #expect(plain == ["Text", "-", "/aws/lambda/Plain"])
      #expect(
        try await Self.found(names, by: "Own", in: stack) == ["JSON", "ERROR", "/aws/lambda/Own"],
        "the function's own variables count before, as on Lambda")
      #expect(
        try await Self.found(
          ["AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_INITIALIZATION_TYPE"], by: "Managed", in: stack)
          == ["3", "lambda-managed-instances"])
    }
  }

  @Test func sdksAreToldTheTruth() async throws {
    try await run { stack in
      let client = try OneShotClient(url: stack.lambdaURL)
      let whole = try #require(try await client.send("GET", "/2015-03-31/functions/Told").json)
      let told = try #require(whole["Configuration"])
      #expect(told["Runtime"] == "provided.al2")
      #expect(told["Description"] == "Says it again.")
      #expect(told["Architectures"] == ["arm64"])
      #expect(told["EphemeralStorage"] == ["Size": 1024])
      #expect(
        told["LoggingConfig"] == [
          "LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "WARN", "LogGroup": "/my/group",
        ])
      #expect(whole["Tags"] == ["team": "blue"])
      let arn = "arn:aws:lambda:us-east-1:000000000000:function:Told"
      #expect(try await client.send("GET", "/2017-03-31/tags/\(arn)").json == ["Tags": ["team": "blue"]])
      let plain = try #require(try await client.send("GET", "/2015-03-31/functions/Plain/configuration").json)
      #expect(plain["LoggingConfig"] == ["LogFormat": "Text", "LogGroup": "/aws/lambda/Plain"])
      #expect(plain["EphemeralStorage"] == ["Size": 512])
    }
  }
}
