import Testing

@testable import LocalLambda

/// `Fn::If` in the place of a mapping.
@Suite struct ChosenMappingTests {
  private func template(_ properties: String, stage: String = "dev") throws -> Template {
    try Template(
      yaml: """
        Parameters: {Stage: {Type: String}}
        Conditions: {IsDev: !Equals [!Ref Stage, dev], IsProduction: !Equals [!Ref Stage, prod]}
        Globals: {Function: {Environment: {Variables: {SHARED: '1'}}}}
        Resources:
          F:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: provided.al2023
              Handler: f
              \(properties)
          Q:
            Type: AWS::SQS::Queue
            Properties:
              RedrivePolicy: !If [IsDev, {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}, !Ref AWS::NoValue]
          Dead: {Type: AWS::SQS::Queue}
        """, path: "t.yaml", parameters: ["Stage": stage])
  }

  /// SAM merges mappings, and takes a function for none: it stands in place of what `Globals` say.
  @Test(
    arguments: [
      ("Environment: !If [IsDev, {Variables: {X: a}}, !Ref AWS::NoValue]", "dev", ["X"]),
      ("Environment: !If [IsDev, {Variables: {X: a}}, !Ref AWS::NoValue]", "prod", []),
      ("Environment: {Variables: !If [IsDev, {X: a}, {Y: b}]}", "dev", ["X"]),
      ("Environment: {Variables: !If [IsDev, {X: a}, !If [IsProduction, {Y: b}, {Z: c}]]}", "prod", ["Y"]),
      ("Environment: {Variables: !If [IsDev, {X: a}, !If [IsProduction, {Y: b}, {Z: c}]]}", "test", ["Z"]),
      ("Environment: {Variables: {X: !If [IsDev, a, !Ref AWS::NoValue]}}", "prod", ["SHARED"]),
    ] as [(String, String, [String])])
  func variablesMayBeChosen(written: String, stage: String, names: [String]) throws {
    let function = try #require(try template(written, stage: stage).function("F"))
    #expect(function.environment.map(\.name) == names)
  }

  @Test func otherMappingsMayBe() throws {
    let written = """
      FunctionUrlConfig: !If [IsDev, {AuthType: NONE, Cors: !If [IsDev, {AllowOrigins: [a]}, true]}, !Ref AWS::NoValue]
      """
    let development = try template(written)
    #expect(development.function("F")?.url?.cors?.allowOrigins == ["a"])
    #expect(development.queue("Q")?.redrive?.deadLetterQueue == "Dead")
    let production = try template(written, stage: "prod")
    #expect(production.function("F")?.url == nil)
    #expect(production.queue("Q")?.redrive == nil)
  }

  @Test func aChoiceWithoutItsConditionIsRefused() {
    let error = #expect(throws: TemplateError.self) { try template("Environment: !If [IsNobodys, {}, {}]") }
    #expect(error?.what == "there is no condition IsNobodys")
    #expect(error?.line == 10)
  }
}
