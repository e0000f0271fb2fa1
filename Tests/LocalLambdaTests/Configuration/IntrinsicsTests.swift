import Testing

@testable import LocalLambda

@Suite struct IntrinsicsTests {
  /// What a value of the environment comes to, with a few parameters and resources around it.
  private func value(of written: String) throws -> TemplateText {
    let template = try Template(
      yaml: """
        Parameters:
          Stage: {Type: String, Default: dev}
          Secret: {Type: String}
          Flag: {Type: String, Default: Yes}
          Origins: {Type: CommaDelimitedList, Default: 'a, b ,c'}
          Ports: {Type: List<Number>, Default: '1,2'}
        Mappings:
          Sizes: {dev: {Small: one, Is: no}}
        Conditions:
          IsDev: !Equals [!Ref Stage, dev]
          On: !Condition IsDev
        Resources:
          Q: {Type: AWS::SQS::Queue}
          Echo:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: provided.al2023
              Handler: echo
              Environment:
                Variables:
                  V: \(written)
        """, path: "t.yaml")
    return try #require(template.function("Echo")?.variable("V")?.value)
  }

  @Test(arguments: [
    ("plain", "plain"), ("12", "12"), ("!Ref Stage", "dev"), ("{Ref: Stage}", "dev"), ("!Ref AWS::Region", "us-east-1"),
    ("!Sub 'a-${Stage}-${AWS::AccountId}'", "a-dev-000000000000"), ("!Sub '${!Stage} ${ Stage }'", "${Stage} dev"),
    ("!Sub ['${A}/${Stage}', {A: !Ref Stage}]", "dev/dev"), ("!Join ['-', [a, !Ref Stage]]", "a-dev"),
    ("{'Fn::Join': ['', [a, b]]}", "ab"), ("!Select [1, [a, b]]", "b"), ("!Select [1, !Split [',', 'x,y,z']]", "y"),
    ("!If [IsDev, yes-dev, no-dev]", "yes-dev"), ("!FindInMap [Sizes, !Ref Stage, Small]", "one"), ("'${'", "${"),
  ]) func comesTo(_ written: String, _ expected: String) throws {
    #expect(try value(of: written).plain == expected)
  }

  @Test(arguments: [
    ("!Join ['|', !Ref Origins]", "a|b|c"), ("!Select [1, !Ref Origins]", "b"), ("!Select [1, !Ref Ports]", "2"),
  ]) func aListParameterIsAList(_ written: String, _ expected: String) throws {
    #expect(try value(of: written).plain == expected)
  }

  /// As CloudFormation reads YAML 1.1.
  @Test(arguments: [
    ("True", "true"), ("yes", "true"), ("YES", "true"), ("on", "true"), ("On", "true"), ("FALSE", "false"),
    ("No", "false"), ("off", "false"), ("OFF", "false"), ("y", "y"), ("N", "N"), ("yES", "yES"), ("'yes'", "yes"),
    ("\"Off\"", "Off"), ("!Ref Flag", "true"), ("!FindInMap [Sizes, dev, Is]", "false"),
    ("!Join [' ', [on, 'on', x]]", "true on x"), ("!If [On, no, x]", "false"),
  ]) func aPlainBooleanIsTrueOrFalse(_ written: String, _ expected: String) throws {
    #expect(try value(of: written).plain == expected)
  }

  @Test func aNameIsNoBoolean() throws {
    let template = try Template(
      yaml: """
        Resources:
          On:
            Type: AWS::Serverless::Function
            Properties:
              Runtime: provided.al2023
              Handler: echo
              Environment: {Variables: {Yes: !Ref On, NO: {Ref: On}}}
        """, path: "t.yaml")
    let function = try #require(template.function("On"))
    #expect(function.variable("Yes")?.value.resources == ["On"])
    #expect(function.variable("NO")?.value.resources == ["On"])
  }

  @Test func resourcesStayOpen() throws {
    #expect(try value(of: "!Ref Q").segments == [.resource("Q", attribute: nil)])
    #expect(try value(of: "!GetAtt Q.Arn").segments == [.resource("Q", attribute: "Arn")])
    #expect(try value(of: "!GetAtt [Q, Arn]").segments == [.resource("Q", attribute: "Arn")])
    #expect(try value(of: "!Sub '${Q.Arn}'").segments == [.resource("Q", attribute: "Arn")])
    #expect(
      try value(of: "!Sub 'x ${Q} ${Q.QueueName}'").segments
        == [.text("x "), .resource("Q", attribute: nil), .text(" "), .resource("Q", attribute: "QueueName")])
  }

  @Test func aParameterWithoutADefaultStaysUnknown() throws {
    #expect(try value(of: "!Ref Secret").segments == [.unknown("the parameter Secret has no Default")])
  }

  @Test func aGivenParameterWins() throws {
    let template = try Template(
      yaml: """
        Parameters: {Name: {Type: String, Default: a}}
        Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Name}}}
        """, path: "t.yaml", parameters: ["Name": "b"])
    #expect(template.queues.first?.name == "b")
    #expect(throws: TemplateError.self) {
      try Template(yaml: "Resources: {Q: {Type: AWS::SQS::Queue}}", path: "t.yaml", parameters: ["No": "b"])
    }
  }
}
