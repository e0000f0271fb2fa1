import Testing

@testable import LocalLambda

/// A template may name what SAM makes beside the template's own resources.
@Suite struct GeneratedResourceTests {
  private func template(_ reference: String) throws -> Template {
    try Template(
      yaml: """
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: provided.al2023
              Handler: f
              AutoPublishAlias: live
              DeploymentPreference: {Type: AllAtOnce}
              FunctionUrlConfig: {AuthType: NONE}
              EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: SNS}, OnFailure: {Type: SQS}}}
              Events:
                Any: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
                Daily: {Type: Schedule}
          Api: {Type: AWS::Serverless::HttpApi, Properties: {StageName: v1}}
          G:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: provided.al2023
              Handler: g
              Role: arn:aws:iam::000000000000:role/g
              Environment: {Variables: {V: \(reference)}}
        Outputs:
          O: {Value: \(reference)}
        """, path: "t.yaml")
  }

  private func variable(_ template: Template, _ endpoints: StackPlan.Endpoints = .init()) throws -> String? {
    let plan = try StackPlan(StackConfiguration(template: template, environment: [:], programDirectory: "/"))
    return try plan.variables(of: try #require(template.function("G")), endpoints)["V"]
  }

  @Test(arguments: [
    ("!GetAtt FRole.Arn", "FRole", "AWS::IAM::Role"),
    ("!Ref F.Alias", "FAliaslive", "AWS::Lambda::Alias"),
    ("!Ref FAliaslive", "FAliaslive", "AWS::Lambda::Alias"),
    ("!Sub 'x ${F.Alias}'", "FAliaslive", "AWS::Lambda::Alias"),
    ("!Ref F.Version", "F.Version", "AWS::Lambda::Version"),
    ("!Ref FDeploymentGroup", "FDeploymentGroup", "AWS::CodeDeploy::DeploymentGroup"),
    ("!Ref FEventInvokeConfig", "FEventInvokeConfig", "AWS::Lambda::EventInvokeConfig"),
    ("!Ref F.DestinationTopic", "FEventInvokeConfigOnSuccessTopic", "AWS::SNS::Topic"),
    ("!GetAtt FDaily.Arn", "FDaily", "AWS::Events::Rule"),
    ("!Ref Api.Stage", "Apiv1Stage", "AWS::ApiGatewayV2::Stage"),
    (
      "!Ref ServerlessHttpApiApiGatewayDefaultStage", "ServerlessHttpApiApiGatewayDefaultStage",
      "AWS::ApiGatewayV2::Stage"
    ),
    ("!Sub 'https://${ServerlessRestApi}.execute-api'", "ServerlessRestApi", "AWS::ApiGateway::RestApi"),
    ("!Ref ServerlessRestApiProdStage", "ServerlessRestApiProdStage", "AWS::ApiGateway::Stage"),
  ])
  func whatIsOnAWSOnlyIsToldWhereItIsNeeded(reference: String, id: String, type: String) throws {
    let template = try template(reference)
    #expect(template.outputs.first?.value.resources == [id])
    let error = #expect(throws: StackError.self) { try variable(template) }
    #expect(
      error?.message.contains("leads to \(id), an \(type), which is not served locally") == true,
      "\(error?.message ?? "")")
  }

  @Test(arguments: [
    ("!GetAtt F.DestinationQueue.Arn", "arn:aws:sqs:us-east-1:000000000000:FEventInvokeConfigOnFailureQueue"),
    ("!Sub '${F.DestinationQueue.QueueName}'", "FEventInvokeConfigOnFailureQueue"),
    ("!Ref F.DestinationQueue", "http://127.0.0.1:9/000000000000/FEventInvokeConfigOnFailureQueue"),
    ("!GetAtt FUrl.FunctionUrl", "http://127.0.0.1:8/"),
  ])
  func whatIsServedHereIsKnown(reference: String, value: String) throws {
    let endpoints = StackPlan.Endpoints(sqs: "http://127.0.0.1:9", functionURLs: ["F": "http://127.0.0.1:8/"])
    #expect(try variable(template(reference), endpoints) == value)
  }

  @Test(arguments: ["!GetAtt GRole.Arn", "!Ref G.Alias", "!GetAtt GUrl.FunctionUrl"])
  func whatIsNotMadeIsNotThere(reference: String) {
    #expect(throws: TemplateError.self) { try template(reference) }
  }

  @Test func anOutputThatCannotBeWorkedOutIsAWarning() throws {
    let template = try Template(
      yaml: TemplateTests.function
        + """
        Outputs:
          One: {Value: !GetAtt Nothing.Arn}
          Two: {Value: !ImportValue x}
          Three: {Value: !Ref Echo}
        """, path: "t.yaml")
    #expect(template.outputs.map(\.name) == ["Three"])
    #expect(template.warnings.map(\.line) == [8, 9])
    #expect(template.warnings.first?.what == "Outputs.One is left out: there is no resource Nothing")
  }
}
