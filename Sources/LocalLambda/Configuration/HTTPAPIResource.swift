/// An `AWS::Serverless::HttpApi` of a template.
public struct HTTPAPIResource: Sendable {
  /// Its name in the template.
  public var logicalID: String
  /// Stage and CORS.
  public var configuration = HTTPAPIConfiguration()
  /// The line it starts on.
  public var line: Int
}

extension HTTPAPIResource {
  /// What SAM makes when an event names no API.
  static let implicit = "ServerlessHttpApi"

  init(
    _ logicalID: String, _ own: TemplateNode?, globals: TemplateNode?, line: Int, context: TemplateContext
  ) throws(TemplateError) {
    self.logicalID = logicalID
    self.line = line
    var properties = try PropertyReader(
      TemplateNode.merged(globals, own), path: logicalID, line: line, context: context)
    if let stage = try properties.string("StageName"), stage != "$default" {
      let isName = stage.utf8.allSatisfy {
        Character(UnicodeScalar($0)).isLetter || Character(UnicodeScalar($0)).isNumber || $0 == UInt8(ascii: "-")
          || $0 == UInt8(ascii: "_")
      }
      guard isName, !stage.isEmpty, stage.utf8.count <= 128 else {
        throw properties.wrong("StageName", line, "must be $default, or of letters, digits, - and _")
      }
      configuration.stage = stage
    }
    if var variables = try properties.nested("StageVariables") {
      for member in variables.remaining {
        configuration.stageVariables[member.key] = try variables.string(member.key)
      }
    }
    configuration.cors = try CORSConfiguration("CorsConfiguration", of: &properties, maxAge: -1...86_400)
    if let cors = configuration.cors, cors.allowCredentials, cors.allowOrigins.contains("*") {
      throw properties.wrong("CorsConfiguration", line, "allows credentials and all origins: API Gateway refuses both")
    }
    properties.warn("Auth", "every caller is let in locally")
    properties.warn("Domain", "it is served on this machine only")
    properties.ignore(
      "Name", "Description", "Tags", "PropagateTags", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings",
      "FailOnWarnings", "DisableExecuteApiEndpoint")
    try properties.refuse("DefinitionBody", "is not read", "Give the functions HttpApi events")
    try properties.refuse("DefinitionUri", "is not read", "Give the functions HttpApi events")
    try properties.finish()
  }
}
