import Testing

@testable import LocalLambda

/// HTTP APIs and function URLs of a template.
@Suite struct HTTPTemplateTests {
  private func template(_ more: String, function: String = "") throws -> Template {
    try Template(yaml: TemplateTests.function + function + more, path: "t.yaml")
  }

  private func api(_ properties: String) throws -> HTTPAPIConfiguration? {
    try template("  Api: {Type: AWS::Serverless::HttpApi, Properties: \(properties)}\n").apis.first?.configuration
  }

  @Test func anAPIHasStageVariablesAndCORS() throws {
    let api = try #require(
      try api(
        """
        {StageName: prod, StageVariables: {table: users, n: 3}, CorsConfiguration: {AllowOrigins: [https://a.b], \
        AllowMethods: [GET, POST], AllowHeaders: [x-a], ExposeHeaders: [x-b], MaxAge: 600, AllowCredentials: true}}
        """))
    #expect(api.stage == "prod")
    #expect(api.basePath == "/prod")
    #expect(api.stageVariables == ["table": "users", "n": "3"])
    #expect(
      api.cors
        == CORSConfiguration(
          allowOrigins: ["https://a.b"], allowMethods: ["GET", "POST"], allowHeaders: ["x-a"], exposeHeaders: ["x-b"],
          maxAge: 600, allowCredentials: true))
  }

  @Test(
    arguments: [
      ("true", ["*"]), ("'*'", ["*"]), ("https://a.b", ["https://a.b"]), ("false", nil), ("{AllowOrigins: [a]}", ["a"]),
    ] as [(String, [String]?)])
  func corsIsOneOriginOrMore(written: String, origins: [String]?) throws {
    #expect(try api("{CorsConfiguration: \(written)}")?.cors?.allowOrigins == origins)
  }

  @Test func originsMayBeAParameter() throws {
    let template = try template(
      """
        Api: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: {AllowOrigins: !Ref Origins}}}
      Parameters: {Origins: {Type: CommaDelimitedList, Default: "https://a.b, https://c.d"}}

      """)
    #expect(template.apis.first?.configuration.cors?.allowOrigins == ["https://a.b", "https://c.d"])
  }

  @Test func anAPIMayBeNamedInAText() throws {
    let template = try template(
      "  Api: {Type: AWS::Serverless::HttpApi}\n",
      function: "      Events: {A: {Type: HttpApi, Properties: {ApiId: !Sub '${Api}'}}}\n")
    #expect(template.functions.first?.routes.map(\.api) == ["Api"])
  }

  @Test func globalsCountForEveryAPI() throws {
    let globals = "Globals: {HttpApi: {StageVariables: {a: '1', b: '1'}, CorsConfiguration: true}}\n"
    let declared = try template(
      "  Api: {Type: AWS::Serverless::HttpApi, Properties: {StageVariables: {b: '2'}}}\n" + globals)
    #expect(declared.apis.first?.configuration.stageVariables == ["a": "1", "b": "2"])
    let implicit = try template(globals, function: "      Events: {Any: {Type: HttpApi}}\n")
    #expect(implicit.apis.map(\.logicalID) == ["ServerlessHttpApi"])
    #expect(implicit.apis.first?.configuration.cors?.allowOrigins == ["*"])
    #expect(implicit.warnings.isEmpty)
  }

  @Test func aRouteHasFormatAndTimeOut() throws {
    let template = try template(
      "",
      function: """
              Events:
                Old: {Type: HttpApi, Properties: {Path: /old, Method: get, PayloadFormatVersion: "1.0", TimeoutInMillis: 500}}
                New: {Type: HttpApi, Properties: {Path: /new, Method: get}}

        """)
    let routes = try #require(template.functions.first?.routes)
    #expect(routes.map(\.format) == [.version1, .version2])
    #expect(routes.map(\.timeout) == [500, nil])
  }

  @Test func aFunctionHasAURLOfItsOwn() throws {
    let template = try template(
      "",
      function: """
              FunctionUrlConfig:
                AuthType: NONE
                InvokeMode: RESPONSE_STREAM
                Cors: {AllowOrigins: ['*'], MaxAge: 10}

        """)
    let url = try #require(template.functions.first?.url)
    #expect(url.invokeMode == .responseStream)
    #expect(url.cors == CORSConfiguration(allowOrigins: ["*"], maxAge: 10))
    #expect(template.warnings.isEmpty)
  }

  @Test func callersOfAURLHaveToSign() throws {
    let template = try template("", function: "      FunctionUrlConfig: {AuthType: AWS_IAM}\n")
    #expect(template.functions.first?.url?.invokeMode == .buffered)
    #expect(template.functions.first?.url?.authType == .iam)
    #expect(template.warnings.first?.description.contains("signatures are not checked") == true)
  }

  @Test func theImplicitAPIStandsBesideADeclaredOne() throws {
    let template = try template(
      "  Api: {Type: AWS::Serverless::HttpApi}\n", function: "      Events: {A: {Type: HttpApi}}\n")
    #expect(template.apis.map(\.logicalID) == ["Api", "ServerlessHttpApi"])
    #expect(Set(template.apis.map(\.configuration.id)).count == 2)
    #expect(template.warnings.first?.description.contains("ApiId: !Ref Api") == true, "nothing is behind it")
  }

  @Test(arguments: [
    ("      FunctionUrlConfig: {}\n", "AuthType"), ("      FunctionUrlConfig: {AuthType: COGNITO}\n", "AuthType"),
    ("      FunctionUrlConfig: {AuthType: NONE, InvokeMode: FAST}\n", "InvokeMode"),
    ("      FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigin: x}}\n", "Did you mean AllowOrigins?"),
    ("      Events: {A: {Type: HttpApi, Properties: {PayloadFormatVersion: '3.0'}}}\n", "PayloadFormatVersion"),
    ("      Events: {A: {Type: HttpApi, Properties: {TimeoutInMillis: 30001}}}\n", "TimeoutInMillis"),
    ("  Api: {Type: AWS::Serverless::HttpApi, Properties: {StageName: a/b}}\n", "StageName"),
    (
      "  Api: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: {AllowOrigins: ['*'], AllowCredentials: true}}}\n",
      "credentials"
    ),
    ("      Events: {A: {Type: HttpApi, Properties: {ApiId: !Ref Api}}}\n", "Api"),
    (
      "      Events: {A: {Type: HttpApi, Properties: {Path: /a, Method: get}}, B: {Type: HttpApi, Properties: {Path: /a, Method: get}}}\n",
      "GET /a of ServerlessHttpApi"
    ),
  ])
  func isRefusedByName(yaml: String, says: String) {
    let error = #expect(throws: TemplateError.self) { try template(yaml) }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }
}
