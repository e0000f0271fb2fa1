import JSON
import NIOCore
import TestSupport
import Testing

@testable import LocalLambda

@Suite(.timeLimit(.minutes(2))) struct FunctionURLStackTests {
  static let yaml = """
    Globals:
      Function: {Runtime: provided.al2023, Handler: echo-function, Timeout: 20}
    Resources:
      Caller:
        Type: AWS::Serverless::Function
        Properties:
          FunctionUrlConfig: {AuthType: NONE}
          Environment: {Variables: {OTHER: !GetAtt CalledUrl.FunctionUrl, BASE: !Sub "${Called}-${CalledUrl.FunctionUrl}x"}}
      Called:
        Type: AWS::Serverless::Function
        Properties:
          FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
          Environment: {Variables: {API: !Sub "https://${Api}.execute-api.us-east-1.amazonaws.com/prod"}}
      Behind:
        Type: AWS::Serverless::Function
        Properties:
          Events: {Any: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /x, Method: get}}}
      Api:
        Type: AWS::Serverless::HttpApi
        Properties: {StageName: prod, StageVariables: {a: '1'}}
    """

  private func configuration(_ yaml: String = yaml) throws -> StackConfiguration {
    StackConfiguration(
      template: try Template(yaml: yaml, path: "/nowhere/t.yaml"), environment: [:],
      programDirectory: BuiltProducts.folder)
  }

  @Test func functionsHaveAddressesThatOthersKnow() async throws {
    try await Stack.run(try configuration()) { stack in
      #expect(Set(stack.functionURLs.map(\.function)) == ["Caller", "Called"])
      let called = try #require(stack.functionURLs.first { $0.function == "Called" }?.url)
      let event = try JSONValue(parsing: try await OneShotClient(url: called).send("GET", "/a%20b").body)
      #expect(event["rawPath"] == "/a%20b")
      #expect(event["requestContext"]?["domainName"]?.stringValue?.hasSuffix(".lambda-url.us-east-1.on.aws") == true)

      func environment(_ name: String) async throws -> JSONValue {
        let result = try #require(await stack.invoke(name, Array(#"{"mode":"environment"}"#.utf8)))
        guard case .success(let payload, _) = result.outcome else { return .null }
        return try JSONValue(parsing: Array(payload.readableBytesView))
      }
      let caller = try await environment("Caller")
      #expect(caller["OTHER"]?.stringValue == called)
      #expect(caller["BASE"]?.stringValue == "Called-\(called)x")
      let gateway = try #require(stack.gatewayURL)
      #expect(gateway.hasSuffix("/prod"))
      #expect(try await environment("Called")["API"]?.stringValue == gateway)
      let staged = try JSONValue(parsing: try await OneShotClient(url: gateway).send("GET", "/x").body)
      #expect(staged["stageVariables"] == ["a": "1"])
    }
  }

  @Test func aCircleIsRefused() throws {
    let yaml = Self.yaml.replacing("{API: !Sub", with: "{BACK: !GetAtt CallerUrl.FunctionUrl, API: !Sub")
    let error = #expect(throws: StackError.self) { try StackPlan(try configuration(yaml)) }
    #expect(error?.message.contains("leads back to itself") == true)
  }

  @Test func oneFunctionBringsThoseThatItCalls() throws {
    var configuration = try configuration()
    configuration.onlyFunction = "Caller"
    let plan = try StackPlan(configuration)
    #expect(plan.functions.map(\.name) == ["Behind", "Called", "Caller"])
  }
}
