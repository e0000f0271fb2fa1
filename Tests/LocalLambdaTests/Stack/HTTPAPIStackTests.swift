import JSON
import NIOCore
import TestSupport
import Testing

@testable import LocalLambda

/// Several HTTP APIs in one template.
@Suite(.timeLimit(.minutes(2))) struct HTTPAPIStackTests {
  static let yaml = """
    Globals:
      Function: {Runtime: provided.al2023, Handler: echo-function, Timeout: 20}
    Resources:
      Public:
        Type: AWS::Serverless::HttpApi
      Internal:
        Type: AWS::Serverless::HttpApi
        Properties: {StageName: v1, StageVariables: {a: '1'}}
      Front:
        Type: AWS::Serverless::Function
        Properties:
          Events: {Any: {Type: HttpApi, Properties: {ApiId: !Ref Public, Path: /x, Method: get}}}
          Environment: {Variables: {BACK: !Sub "https://${Internal}.execute-api.eu-west-1.amazonaws.com/v1", ID: !Ref Internal}}
      Back:
        Type: AWS::Serverless::Function
        Properties:
          Events: {Any: {Type: HttpApi, Properties: {ApiId: !Ref Internal, Path: /x, Method: get}}}
      Beside:
        Type: AWS::Serverless::Function
        Properties:
          Events: {Any: {Type: HttpApi, Properties: {Path: /x, Method: get}}}
    """

  private func configuration(_ yaml: String = yaml) throws -> StackConfiguration {
    StackConfiguration(
      template: try Template(yaml: yaml, path: "/nowhere/t.yaml"), environment: [:],
      programDirectory: BuiltProducts.folder)
  }

  @Test func eachAPIIsServedOnAPortOfItsOwn() async throws {
    try await Stack.run(try configuration()) { stack in
      #expect(stack.gatewayURLs.map(\.api) == ["Public", "Internal", "ServerlessHttpApi"])
      #expect(stack.gatewayURL == stack.gatewayURLs[0].url)
      var ids: [String] = []
      for (api, url) in stack.gatewayURLs {
        let event = try #require(try await OneShotClient(url: url).send("GET", "/x").json)
        #expect(event["routeKey"] == "GET /x")
        #expect(event["stageVariables"] == (api == "Internal" ? ["a": "1"] : nil))
        ids.append(try #require(event["requestContext"]?["apiId"]?.stringValue))
      }
      #expect(Set(ids).count == 3)
      let result = try #require(await stack.invoke("Front", Array(#"{"mode":"environment"}"#.utf8)))
      guard case .success(let payload, _) = result.outcome else { return #expect(Bool(false), "\(result.outcome)") }
      let variables = try JSONValue(parsing: payload.readableBytesView)
      #expect(variables["BACK"]?.stringValue == stack.gatewayURLs[1].url)
      #expect(variables["ID"]?.stringValue == ids[1])
    }
  }

  @Test func functionsComeAfterThoseThatTheyCall() throws {
    let plan = try StackPlan(try configuration())
    #expect(plan.functions.map(\.name) == ["Back", "Front", "Beside"])
    var one = try configuration()
    one.onlyFunction = "Front"
    let part = try StackPlan(one)
    #expect(part.functions.map(\.name) == ["Back", "Front"])
    #expect(part.apis.map(\.logicalID) == ["Public", "Internal"])
  }

  @Test func aCircleThroughTwoAPIsIsRefused() throws {
    let back = "ApiId: !Ref Internal, Path: /x, Method: get}}}\n"
    let circle = Self.yaml.replacing(
      back, with: back + "      Environment: {Variables: {FRONT: !GetAtt Public.ApiEndpoint}}\n")
    #expect(circle != Self.yaml)
    let error = #expect(throws: StackError.self) { try StackPlan(try configuration(circle)) }
    #expect(error?.message.contains("leads back to itself") == true)
  }
}
